import {genericGrantRequest} from 'openid-client'

import type {Secret} from '../secret.js'
import {type AuthError, isAuthError} from '../errors.js'
import {isConnectionError, isTimeout} from '../http/network-error.js'
import {isTransientStatus, retryAfterSeconds} from '../http/transient-status.js'
import type {Issuer, RequestOptions} from './issuer.js'
import {oauthCode, oidcError, responseOf} from './oidc-error.js'
import {requestTokens, type Tokens} from './request-tokens.js'

/** What one poll came to. `retryAfter` is in seconds. */
export type PollOutcome =
  | {kind: 'tokens'; tokens: Tokens}
  | {kind: 'pending' | 'slow_down'; retryAfter: number | undefined}
  /** Nobody answered, or said "not now": worth trying until the deadline. */
  | {kind: 'unavailable'; retryAfter: number | undefined; failure: AuthError}
  /** Something else than the server seems to have answered: worth a few tries. */
  | {kind: 'garbled'; retryAfter: number | undefined; failure: AuthError}
  /** The server's last word, with its OAuth error code. */
  | {kind: 'refused'; error: string; failure: AuthError}

/** One device access token request (RFC 8628 §3.4). Rejects when tokens were issued but are bad, and when aborted. */
export async function pollOnce(
  issuer: Issuer,
  deviceCode: Secret,
  {signal}: RequestOptions = {},
): Promise<PollOutcome> {
  try {
    const tokens = await requestTokens(
      issuer,
      (configuration) => genericGrantRequest(configuration, DEVICE_GRANT, {device_code: deviceCode.reveal()}),
      {signal},
    )
    return {kind: 'tokens', tokens}
  } catch (error) {
    signal?.throwIfAborted()
    if (isAuthError(error)) throw error
    return judge(error, oidcError(error, issuer.metadata.token_endpoint, [deviceCode]))
  }
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

function judge(error: unknown, failure: AuthError): PollOutcome {
  const response = responseOf(error)
  const retryAfter = response && retryAfterSeconds(response)
  const code = oauthCode(error)
  // The code counts for more than the status: some servers send "pending" as 401, 403 or 429.
  if (code === 'authorization_pending') return {kind: 'pending', retryAfter}
  if (code === 'slow_down') return {kind: 'slow_down', retryAfter}
  if (response ? isTransientStatus(response.status) : isConnectionError(error) || isTimeout(error)) {
    return {kind: 'unavailable', retryAfter, failure}
  }

  if (code === 'temporarily_unavailable' || code === 'server_error') return {kind: 'unavailable', retryAfter, failure}
  return code === undefined ? {kind: 'garbled', retryAfter, failure} : {kind: 'refused', error: code, failure}
}
