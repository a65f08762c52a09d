import {tokenRevocation} from 'openid-client'

import type {Secret} from '../secret.js'
import {configure, type Issuer, type RequestOptions} from './issuer.js'

/**
 * Makes a refresh token useless at the provider (RFC 7009), if that can be had: false when the provider has no such
 * endpoint, refuses, or is not reached within `timeout` milliseconds. Rejects only with the reason of the signal.
 */
export async function revokeToken(
  issuer: Issuer,
  refreshToken: Secret,
  {signal, timeout = 5000}: RequestOptions & {timeout?: number} = {},
): Promise<boolean> {
  if (!issuer.metadata.revocation_endpoint) return false
  const limit = new AbortController()
  const abort = (): void => limit.abort(signal?.reason)
  const timer = setTimeout(abort, timeout)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, {once: true})
  try {
    await tokenRevocation(configure(issuer, {signal: limit.signal}), refreshToken.reveal(), {
      token_type_hint: 'refresh_token',
    })
    return true
  } catch {
    signal?.throwIfAborted()
    return false
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
