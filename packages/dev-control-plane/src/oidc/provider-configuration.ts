import {randomBytes} from 'node:crypto'

import type {AdapterFactory, Configuration, KoaContextWithOIDC} from 'oidc-provider'

import {errorPage} from '../pages/message-page.js'
import type {SeedUser} from '../seed/seed.js'
import {devicePages} from './device-pages.js'
import {showPage} from './show-page.js'
import type {SigningAlgorithm, SigningKey} from './signing-key.js'
import {userClaims, type EmailIn} from './user-claims.js'

export interface ProviderSettings {
  adapter: AdapterFactory
  clientId: string
  /** Audience of access tokens: the control plane's API. */
  audience: string
  mount: string
  users: readonly SeedUser[]
  key: SigningKey
  algorithm: SigningAlgorithm
  accessTokenFormat: 'jwt' | 'opaque'
  accessTokenLifetime: number
  deviceCodeLifetime: number
  emailIn: EmailIn
  webLogin: boolean
}

const DAY = 24 * 60 * 60

export function providerConfiguration(settings: ProviderSettings): Configuration {
  const {clientId, audience, mount, users, key, algorithm, accessTokenLifetime, emailIn, webLogin} = settings
  const cookie = {signed: true, httpOnly: true, sameSite: 'lax'} as const

  return {
    adapter: settings.adapter,
    clients: [
      {
        client_id: clientId,
        client_name: 'llamactl',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: [
          'urn:ietf:params:oauth:grant-type:device_code',
          'refresh_token',
          ...(webLogin ? ['authorization_code'] : []),
        ],
        response_types: webLogin ? ['code'] : [],
        // RFC 8252 section 7.3: a native client's loopback redirect may use any port.
        redirect_uris: webLogin ? ['http://127.0.0.1/callback', 'http://[::1]/callback'] : [],
        id_token_signed_response_alg: algorithm,
      },
    ],
    jwks: {keys: [key.privateJwk]},
    cookies: {keys: [randomBytes(32).toString('base64url')], long: cookie, short: cookie},

    scopes: ['openid', 'offline_access', 'email', 'profile'],
    claims: {openid: ['sub'], email: ['email', 'email_verified'], profile: ['name']},
    // Off, it puts the claims of the scopes into the ID token, as LlamaCloud's provider does.
    conformIdTokenClaims: false,
    async findAccount(_ctx, id) {
      const user = users.find((one) => one.id === id)
      if (!user) return undefined
      return {accountId: id, claims: (use) => userClaims(user, use === 'id_token' ? use : 'userinfo', emailIn)}
    },

    pkce: {required: () => true},
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, {scopes}) =>
      client.grantTypeAllowed('refresh_token') && scopes.has('offline_access'),
    expiresWithSession: () => false,
    clientBasedCORS: () => false,
    clockTolerance: 5,
    ttl: {
      AccessToken: accessTokenLifetime,
      AuthorizationCode: 60,
      DeviceCode: settings.deviceCodeLifetime,
      Grant: 14 * DAY,
      IdToken: accessTokenLifetime,
      Interaction: 600,
      RefreshToken: 14 * DAY,
      Session: DAY,
    },

    interactions: {url: (_ctx, {uid}) => `${mount}/interaction/${uid}`},
    renderError: (ctx, {error, error_description: description}) =>
      showPage(ctx, errorPage(description === undefined ? error : `${error}: ${description}`)),
    features: {
      devInteractions: {enabled: false},
      rpInitiatedLogout: {enabled: false},
      revocation: {enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId},
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: ({ip}: KoaContextWithOIDC) => ({ip}),
        ...devicePages,
      },
      resourceIndicators: {
        enabled: settings.accessTokenFormat === 'jwt',
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid email profile',
          audience,
          accessTokenTTL: accessTokenLifetime,
          accessTokenFormat: 'jwt',
          jwt: {sign: {alg: algorithm}},
        }),
      },
    },
  }
}
