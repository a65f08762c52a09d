import type {Secret} from '../secret.js'
import {createBoundedFetch} from '../http/bounded-fetch.js'
import type {Network} from '../http/network.js'
import {
  type DeviceAuthorization,
  requestDeviceAuthorization,
  type RequestDeviceAuthorizationOptions,
} from './authorize-device.js'
import type {AuthorizeInBrowserOptions} from './authorize-in-browser.js'
import {discoverIssuer} from './discover-issuer.js'
import {createEarlyKeys} from './early-keys.js'
import {fetchEmail} from './fetch-email.js'
import type {RequestOptions} from './issuer.js'
import {type PolledDeviceCode, pollDeviceToken, type PollDeviceTokenOptions} from './poll-device-token.js'
import {refreshTokens} from './refresh-tokens.js'
import type {Tokens} from './request-tokens.js'
import {revokeToken} from './revoke-token.js'

export type {DeviceAuthorization} from './authorize-device.js'
export type {PollEvent} from './poll-device-token.js'
export type {Tokens} from './request-tokens.js'
export type {Identity} from './verify-tokens.js'

/**
 * One identity provider and what a login asks of it. Every method rejects with an `AuthError`, or with the reason of the
 * signal: the one given to the method, else the one given to `connectOidc`.
 */
export interface OidcClient {
  /** The provider's `issuer`, verified. */
  readonly issuer: string
  /** Begins to ask for the keys that tokens are checked with, so that nobody waits for them later. Never fails. */
  fetchKeysEarly(options?: RequestOptions): void
  requestDeviceAuthorization(options?: RequestDeviceAuthorizationOptions): Promise<DeviceAuthorization>
  /** `LOGIN_DENIED`, `LOGIN_EXPIRED`, `LOGIN_FAILED`, or what went wrong on the way. */
  pollDeviceToken(authorization: PolledDeviceCode, options?: PollDeviceTokenOptions): Promise<Tokens>
  /** The same codes, by way of a browser on this machine. `LOGIN_NOT_SUPPORTED` where the provider cannot do that. */
  authorizeInBrowser(options: AuthorizeInBrowserOptions): Promise<Tokens>
  /** The e-mail of the ID token, else of userinfo, else undefined. Never fails. */
  fetchEmail(tokens: Tokens, options?: RequestOptions): Promise<string | undefined>
  /** `CREDENTIAL_REJECTED` when the provider has ended the login. */
  refresh(refreshToken: Secret, subject: string, options?: RequestOptions): Promise<Tokens & {refreshToken: Secret}>
  /**
   * Best effort: whether the provider says that it is done. Heeds only the signal given here: revoking is what is left
   * to do after the login was cancelled.
   */
  revoke(refreshToken: Secret, options?: RequestOptions & {timeout?: number}): Promise<boolean>
}

export interface ConnectOidcOptions extends RequestOptions {
  discoveryUrl: string
  clientId: string
  /** True only where the control plane's own URL is `http` on this machine. */
  allowLoopback: boolean
  userAgent: string
  /** Absent: straight to the provider. */
  network?: Network | undefined
}

/** Discovers the provider and checks it. Import this module lazily: it brings openid-client with it. */
export async function connectOidc({signal, userAgent, network, ...provider}: ConnectOidcOptions): Promise<OidcClient> {
  const found = await discoverIssuer({...provider, signal, fetch: createBoundedFetch({userAgent, network})})
  const earlyKeys = createEarlyKeys(found)
  const issuer = {...found, earlyKeys}
  return {
    issuer: issuer.metadata.issuer,
    fetchKeysEarly: (options) => earlyKeys.fetch({signal, ...options}),
    requestDeviceAuthorization: (options) =>
      requestDeviceAuthorization(issuer, {signal, ...options}).catch((error: unknown) => {
        earlyKeys.stop()
        throw error
      }),
    pollDeviceToken: (authorization, options) =>
      pollDeviceToken(issuer, authorization, {signal, ...options}).finally(() => earlyKeys.stop()),
    async authorizeInBrowser(options) {
      const {authorizeInBrowser} = await import('./authorize-in-browser.js')
      return authorizeInBrowser(issuer, {signal, ...options}).finally(() => earlyKeys.stop())
    },
    fetchEmail: (tokens, options) => fetchEmail(issuer, tokens, {signal, ...options}),
    refresh: (refreshToken, subject, options) => refreshTokens(issuer, refreshToken, subject, {signal, ...options}),
    revoke: (refreshToken, options) => revokeToken(issuer, refreshToken, options),
  }
}
