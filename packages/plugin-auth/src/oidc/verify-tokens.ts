import {createHash, timingSafeEqual} from 'node:crypto'

import type {TokenEndpointResponse, TokenEndpointResponseHelpers} from 'openid-client'

import {cleanText} from '../untrusted/clean-text.js'
import type {Issuer} from './issuer.js'
import {untrustedTokens, wrongClock} from './oidc-error.js'

export interface Identity {
  /** The `sub` claim: what a person is known by at one issuer, and the same for ever. */
  subject: string
  email?: string
}

export type TokenResponse = TokenEndpointResponse & TokenEndpointResponseHelpers

/**
 * What openid-client leaves unchecked in a token response; signature, `iss`, `aud`, `exp` and `nbf` it has checked.
 *
 * @param previous who the tokens must be for, when they come of a refresh. Only then may the ID token be absent.
 */
export function verifyTokens(response: TokenResponse, issuer: Issuer, previous?: string): Identity {
  const refuse = (reason: string): never => {
    throw untrustedTokens(issuer.metadata.token_endpoint, reason)
  }

  // Measured: the library accepts a DPoP token though we never sent a proof, which makes it useless to us.
  if (response.token_type !== 'bearer') refuse(`they are not of type Bearer but ${cleanText(response.token_type, 40)}`)

  const claims = response.claims()
  if (!claims || response.id_token === undefined) {
    return previous === undefined ? refuse('there is no ID token') : {subject: previous}
  }

  const {sub, iat, azp, at_hash: hash, email} = claims
  // The library compares azp only where there are several audiences; OIDC Core §3.1.3.7 (5) says wherever it is present.
  if (azp !== undefined && azp !== issuer.clientId) refuse('the ID token was made for another client')
  if (iat > Date.now() / 1000 + IAT_TOLERANCE) throw wrongClock(issuer.metadata.token_endpoint)
  if (!isSubject(sub)) return refuse('the ID token names nobody')
  if (hash !== undefined && !matches(hash, response.access_token, response.id_token)) {
    refuse('the ID token belongs to another access token')
  }

  if (previous !== undefined && sub !== previous) refuse('they are for another person than before')
  return {subject: sub, ...emailIn(email)}
}

/** An e-mail address that may be shown and used as a name: one word with an `@`, nothing invisible in it. */
export function emailIn(claim: unknown): {email?: string} {
  const isEmail = typeof claim === 'string' && /^[^\s@]+@[^\s@]+$/.test(claim) && cleanText(claim, 254) === claim
  return isEmail ? {email: claim} : {}
}

/** Seconds. `iat` has no rule in the specifications; five minutes ahead is no skew any more but a wrong clock. */
const IAT_TOLERANCE = 300

/** OIDC Core §2: at most 255 ASCII characters. */
const isSubject = (sub: unknown): sub is string => typeof sub === 'string' && /^[ -~]{1,255}$/.test(sub)

/** OIDC Core §3.1.3.6: the left half of the access token's hash, by the hash of the ID token's own algorithm. */
function matches(claim: unknown, accessToken: string, idToken: string): boolean {
  const {alg} = JSON.parse(Buffer.from(idToken.split('.', 1)[0] ?? '', 'base64url').toString()) as {alg: string}
  // EdDSA has no number in its name; with Ed25519 it means SHA-512.
  const digest = createHash(`sha${/(?:256|384|512)$/.exec(alg)?.[0] ?? '512'}`)
    .update(accessToken)
    .digest()
  const expected = digest.subarray(0, digest.length / 2)
  const received = Buffer.from(typeof claim === 'string' ? claim : '', 'base64url')
  return received.length === expected.length && timingSafeEqual(received, expected)
}
