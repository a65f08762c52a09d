import {randomBytes} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'

import type {KoaContextWithOIDC} from 'oidc-provider'

import {sendAnswer} from '../http/answer.js'
import type {SeedUser} from '../seed/seed.js'
import {createDevicePolling} from './device-polling.js'
import {forwardForms} from './forward-forms.js'
import {pendingDeviceCodes, type PendingDeviceCode} from './pending-device-codes.js'
import {importProvider} from './import-provider.js'
import {answerInteraction} from './interaction.js'
import {createProviderMemory} from './memory-adapter.js'
import {providerConfiguration} from './provider-configuration.js'
import {createFailureReport} from './failure-report.js'
import {generateSigningKey, type SigningAlgorithm} from './signing-key.js'
import {userClaims, type EmailIn} from './user-claims.js'
import {createAccessTokenVerifier} from './verify-access-token.js'

export interface OpenIdProviderOptions {
  /** The control plane's own URL; the provider lives below `/oidc` there. */
  origin: string
  clientId: string
  users: readonly SeedUser[]
  algorithm: SigningAlgorithm
  accessTokenFormat: 'jwt' | 'opaque'
  accessTokenLifetime: number
  deviceCodeLifetime: number
  interval: number
  emailIn: EmailIn
  webLogin: boolean
  onError(error: Error): void
}

export interface OpenIdProvider {
  readonly issuer: string
  readonly clientId: string
  /** Answers a request below `/oidc`. `user` is whose access token it carries. */
  answer(request: IncomingMessage, response: ServerResponse, url: URL, user: SeedUser | undefined): Promise<void>
  /** The user id of a valid access token; `undefined` for every other string. */
  subjectOf(accessToken: string): Promise<string | undefined>
  /** Signs with a new key from now on, and forgets the old one. */
  rotateKeys(): Promise<void>
  /** Device codes that wait for a person, the oldest first. */
  pendingDeviceCodes(): PendingDeviceCode[]
  snapshot(): () => void
}

const MOUNT = '/oidc'

export const isBelowProvider = (path: string): boolean => path === MOUNT || path.startsWith(`${MOUNT}/`)

/** It starts with the first request to it: until then nobody waits for its key. */
export function createOpenIdProvider(options: OpenIdProviderOptions): OpenIdProvider {
  const {origin, clientId, users, algorithm, accessTokenFormat, emailIn} = options
  const issuer = origin + MOUNT
  const audience = `${origin}/api`
  const memory = createProviderMemory()
  const {adapter} = memory
  const cookieKey = randomBytes(32).toString('base64url')
  const devicePolling = createDevicePolling(options.interval)

  /** oidc-provider takes its keys when it is made: another key is another provider, with the same memory. */
  async function start() {
    const [{Provider}, key] = await Promise.all([importProvider(), generateSigningKey(algorithm)])
    const settings = {...options, adapter, cookieKey, mount: MOUNT, audience, key}
    const provider = new Provider(issuer, providerConfiguration(settings))
    provider.use(createFailureReport(options.onError))
    provider.use(devicePolling)
    provider.use(forwardForms)
    provider.on('server_error', (_ctx: KoaContextWithOIDC, error: Error) => options.onError(error))
    const verify = createAccessTokenVerifier({issuer, audience, publicJwk: key.publicJwk})
    return {provider, callback: provider.callback(), verify}
  }

  let started: ReturnType<typeof start> | undefined
  const running = () => (started ??= start())

  return {
    issuer,
    clientId,
    snapshot: memory.snapshot,
    pendingDeviceCodes: () => pendingDeviceCodes(memory.payloads('DeviceCode'), issuer),

    async subjectOf(accessToken) {
      const {provider, verify} = await running()
      if (accessTokenFormat === 'jwt') return verify(accessToken)
      const token = await provider.AccessToken.find(accessToken)
      return token?.isExpired ? undefined : token?.accountId
    },

    async answer(request, response, url, user) {
      const {provider, callback} = await running()
      if (url.pathname.startsWith(`${MOUNT}/interaction/`)) {
        return answerInteraction({provider, users}, request, response, url)
      }

      // oidc-provider's own userinfo refuses access tokens whose audience is the API.
      if (url.pathname === `${MOUNT}/me`) {
        const headers = {'www-authenticate': 'Bearer error="invalid_token"'}
        return sendAnswer(
          response,
          user
            ? {status: 200, body: userClaims(user, 'userinfo', emailIn)}
            : {status: 401, body: {error: 'invalid_token'}, headers},
        )
      }

      Object.assign(request, {originalUrl: request.url, url: request.url?.slice(MOUNT.length) || '/'})
      await callback(request, response)
    },

    async rotateKeys() {
      started = start()
      await started
    },
  }
}
