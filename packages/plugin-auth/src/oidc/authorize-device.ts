import {type DeviceAuthorizationResponse, initiateDeviceAuthorization} from 'openid-client'

import {Secret} from '../secret.js'
import {AuthError, suggest} from '../errors.js'
import {isConnectionError} from '../http/network-error.js'
import {pause} from '../http/pause.js'
import {isTransientStatus, retryAfterSeconds} from '../http/transient-status.js'
import {cleanText} from '../untrusted/clean-text.js'
import {safeUrl} from '../untrusted/safe-url.js'
import {configure, type Issuer, type RequestOptions} from './issuer.js'
import {loginNotSupported, nameOf, oidcError, responseOf} from './oidc-error.js'

/** The device authorization response (RFC 8628 §3.2), fit to be shown: the names are those of the wire. */
export interface DeviceAuthorization {
  device_code: Secret
  user_code: string
  verification_uri: string
  /** Absent when the server sent none, or one that leads to another origin than `verification_uri`. */
  verification_uri_complete?: string
  /** Seconds, 1 to 3600. */
  expires_in: number
  /** Seconds, 1 to 60. */
  interval: number
}

export interface RequestDeviceAuthorizationOptions extends RequestOptions {
  scope?: string
  /** For tests; waits in milliseconds. */
  wait?: typeof pause
}

/** `offline_access` asks for the refresh token, `email` for the name of the profile. */
export const SCOPE = 'email offline_access openid profile'

/** Starts a login (RFC 8628 §3.1) and refuses an answer that must not be shown or opened. */
export async function requestDeviceAuthorization(
  issuer: Issuer,
  {scope = SCOPE, signal, wait = pause}: RequestDeviceAuthorizationOptions = {},
): Promise<DeviceAuthorization> {
  const endpoint = deviceEndpoint(issuer)
  const configuration = configure(issuer, {signal})
  for (let attempt = 0; ; attempt++) {
    try {
      return narrowAuthorization(await initiateDeviceAuthorization(configuration, {scope}), issuer, endpoint)
    } catch (error) {
      signal?.throwIfAborted()
      // Unlike most POSTs this one may be repeated: a code that nobody was shown just expires.
      const delay = retryDelay(error, attempt)
      if (delay === undefined) throw oidcError(error, endpoint)
      await wait(delay * 1000, signal)
    }
  }
}

function deviceEndpoint({metadata}: Issuer): string {
  const {issuer, device_authorization_endpoint: endpoint, authorization_endpoint: web} = metadata
  if (endpoint) return endpoint
  const why = `${nameOf(issuer)} has no device_authorization_endpoint`
  throw loginNotSupported(why, ...(web ? [suggest('auth:login', '--web', 'to log in without a code')] : []))
}

const TRIES = 3
const LONGEST_RETRY_AFTER = 30

/** Seconds, or undefined when another try makes no sense. */
function retryDelay(error: unknown, attempt: number): number | undefined {
  if (attempt + 1 >= TRIES) return undefined
  const response = responseOf(error)
  if (!response) return isConnectionError(error) ? 2 ** attempt : undefined
  const asked = retryAfterSeconds(response) ?? 0
  return isTransientStatus(response.status) && asked <= LONGEST_RETRY_AFTER ? Math.max(asked, 2 ** attempt) : undefined
}

function narrowAuthorization(
  answer: DeviceAuthorizationResponse,
  {allowLoopback}: Issuer,
  endpoint: string,
): DeviceAuthorization {
  const {url, reason} = {reason: '', ...safeUrl(answer.verification_uri, {allowLoopback})}
  if (!url) throw unfit(endpoint, `a verification_uri that ${reason}: ${cleanText(answer.verification_uri)}`)
  if (!USER_CODE.test(answer.user_code)) throw unfit(endpoint, 'a user code that cannot be shown')

  const complete = safeUrl(answer.verification_uri_complete, {allowLoopback}).url
  return {
    device_code: new Secret(answer.device_code),
    user_code: answer.user_code,
    verification_uri: url.href,
    ...(complete?.origin === url.origin && {verification_uri_complete: complete.href}),
    expires_in: Math.floor(clamp(answer.expires_in, 1, 3600)),
    interval: clamp(answer.interval ?? DEFAULT_INTERVAL, 1, 60),
  }
}

/** RFC 8628 §3.5: "If no value is provided, clients MUST use 5 as the default". */
const DEFAULT_INTERVAL = 5

/** Printable ASCII, which a person can read off the screen and type; an escape sequence would paint the terminal. */
const USER_CODE = /^[!-~](?:[ -~]{0,62}[!-~])?$/

const clamp = (value: number, lowest: number, highest: number): number => Math.min(Math.max(value, lowest), highest)

const unfit = (endpoint: string, what: string): AuthError =>
  new AuthError('SERVER_ERROR', `${nameOf(endpoint)} sent ${what}`)
