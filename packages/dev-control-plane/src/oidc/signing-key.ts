import {randomUUID} from 'node:crypto'

import {exportJWK, generateKeyPair, type JWK} from 'jose'

export type SigningAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

export interface SigningKey {
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/** A new key for each run: what an earlier run signed is worth nothing in this one. */
export async function generateSigningKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const {privateKey, publicKey} = await generateKeyPair(alg, {extractable: true})
  const about = {alg, use: 'sig', kid: randomUUID()}
  return {
    privateJwk: {...(await exportJWK(privateKey)), ...about},
    publicJwk: {...(await exportJWK(publicKey)), ...about},
  }
}
