import {createLocalJWKSet, jwtVerify, type JWK} from 'jose'

export interface AccessTokenRules {
  issuer: string
  audience: string
  publicJwk: JWK
}

/** RFC 9068 section 4. Returns the subject, or `undefined` for anything that is not a valid access token of ours. */
export function createAccessTokenVerifier({issuer, audience, publicJwk}: AccessTokenRules) {
  const keys = createLocalJWKSet({keys: [publicJwk]})

  return async (accessToken: string): Promise<string | undefined> => {
    try {
      const {payload} = await jwtVerify(accessToken, keys, {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: [publicJwk.alg ?? ''],
        requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id'],
      })
      return payload.sub
    } catch {
      return undefined
    }
  }
}
