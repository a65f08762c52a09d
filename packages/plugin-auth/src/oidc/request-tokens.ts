import type {Configuration} from 'openid-client'

import {Secret} from '../secret.js'
import type {IssuedTokens} from './endpoint-fetch.js'
import {configure, type Issuer, type RequestOptions} from './issuer.js'
import {tokenError} from './oidc-error.js'
import {revokeToken} from './revoke-token.js'
import {type Identity, type TokenResponse, verifyTokens} from './verify-tokens.js'

/** Verified tokens. The two that open doors print as `[redacted]`. */
export interface Tokens {
  accessToken: Secret
  /** Absent when the provider issues none. */
  refreshToken?: Secret
  identity: Identity
  /** Seconds that the access token is good for, if the provider says so. */
  expiresIn?: number
}

/**
 * One request to the token endpoint, and all that is checked of its answer.
 *
 * Once the endpoint has issued tokens, what was sent for them is spent: asking again can only end in `invalid_grant`, and
 * with some providers that kills what was issued as well. From there on every failure is final, so it rejects with an
 * `AuthError`, after the refresh token that nobody will ever hold has been revoked. Before that it rejects with the
 * library's error, which the caller judges.
 */
export async function requestTokens(
  issuer: Issuer,
  grant: (configuration: Configuration) => Promise<TokenResponse>,
  {signal, subject}: RequestOptions & {subject?: string} = {},
): Promise<Tokens> {
  const issued: IssuedTokens[] = []
  try {
    const response = await grant(configure(issuer, {signal, onIssued: (tokens) => issued.push(tokens)}))
    const identity = verifyTokens(response, issuer, subject)
    return {
      accessToken: new Secret(response.access_token),
      ...(response.refresh_token && {refreshToken: new Secret(response.refresh_token)}),
      identity,
      ...(response.expires_in !== undefined && {expiresIn: response.expires_in}),
    }
  } catch (error) {
    const [tokens] = issued
    if (!tokens) {
      signal?.throwIfAborted()
      throw error
    }

    if (tokens.refreshToken) await revokeToken(issuer, tokens.refreshToken, revocationOptions(signal))
    signal?.throwIfAborted()
    throw tokenError(error, issuer.metadata.token_endpoint)
  }
}

/** Somebody who cancels waits for a second at most. */
const revocationOptions = (signal?: AbortSignal): Parameters<typeof revokeToken>[2] =>
  signal?.aborted ? {timeout: 1000} : {signal}
