import {randomBytes} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'

import type {KoaContextWithOIDC} from 'oidc-provider'

import {sendAnswer} from '../http/answer.js'
import type {SeedUser} from '../seed/seed.js'
import {createDevicePolling} from './device-polling.js'
import {forwardForms} from './forward-forms.js'
import {importProvider} from './import-provider.js'
import {answerInteraction} from './interaction.js'
import {createMemoryAdapter} from './memory-adapter.js'
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
}

const MOUNT = '/oidc'

export const isBelowProvider = (path: string): boolean => path === MOUNT || path.startsWith(`${MOUNT}/`)

export async function createOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const {origin, clientId, users, algorithm, accessTokenFormat, emailIn} = options
  const issuer = origin + MOUNT
  const audience = `${origin}/api`
  const {Provider} = await importProvider()
  const memory = {adapter: createMemoryAdapter(), cookieKey: randomBytes(32).toString('base64url')}
  const devicePolling = createDevicePolling(options.interval)

  /** oidc-provider takes its keys when it is made: another key is another provider, with the same memory. */
  async function signWithNewKey() {
    const key = await generateSigningKey(algorithm)
    const provider = new Provider(issuer, providerConfiguration({...options, ...memory, mount: MOUNT, audience, key}))
    provider.use(createFailureReport(options.onError))
    provider.use(devicePolling)
    provider.use(forwardForms)
    provider.on('server_error', (_ctx: KoaContextWithOIDC, error: Error) => options.onError(error))
    const verify = createAccessTokenVerifier({issuer, audience, publicJwk: key.publicJwk})
    return {provider, callback: provider.callback(), verify}
  }

  let current = await signWithNewKey()

  return {
    issuer,
    clientId,

    async subjectOf(accessToken) {
      if (accessTokenFormat === 'jwt') return current.verify(accessToken)
      const token = await current.provider.AccessToken.find(accessToken)
      return token?.isExpired ? undefined : token?.accountId
    },

    async answer(request, response, url, user) {
      if (url.pathname.startsWith(`${MOUNT}/interaction/`)) {
        return answerInteraction({provider: current.provider, users}, request, response, url)
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
      await current.callback(request, response)
    },

    async rotateKeys() {
      current = await signWithNewKey()
    },
  }
}
