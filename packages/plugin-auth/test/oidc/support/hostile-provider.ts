import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

import {exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT} from 'jose'

import {connectOidc, type OidcClient} from '../../../src/oidc/index.js'

/** What an endpoint answers instead of the truth. `then` ways of not answering are for the nastier ones. */
export interface Answer {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Cuts the connection: before any byte, or after the body when there is one. */
  reset?: boolean
  /** Accepts the request and says nothing. */
  hang?: boolean
  /** Milliseconds between two characters of the body. */
  drip?: number
  /** Filler before the body. */
  megabytes?: number
}

export interface Token {
  header: JWTHeaderParameters
  claims: Record<string, unknown>
  /** Who signs: the published key, a foreign one, or a function that makes the whole token. */
  sign: 'published' | 'foreign' | ((token: Token) => string | Promise<string>)
  /** The rest of the token response. An `id_token` of its own here wins; `undefined` leaves it out. */
  response: Record<string, unknown>
}

interface Asked {
  method: string
  path: string
  form: URLSearchParams
  headers: IncomingMessage['headers']
  /** How often this path was asked before. */
  earlier: number
  /** Whoever asked did not wait for the whole answer. */
  hungUp: boolean
}

/** Each may answer, or return nothing to let the honest answer through; the objects given may be changed. */
export interface Script {
  discovery?: (metadata: Record<string, unknown>, asked: Asked) => Answer | undefined
  device?: (authorization: Record<string, unknown>, asked: Asked) => Answer | undefined
  token?: (asked: Asked) => Answer | undefined
  issue?: (token: Token) => void
  /** Changes the bytes of an honest token response. */
  tamper?: (body: string) => Answer
  jwks?: (keys: {keys: JWK[]}, asked: Asked) => Answer | undefined
  userinfo?: (claims: Record<string, unknown>, asked: Asked) => Answer | undefined
  revoke?: (asked: Asked) => Answer | undefined
}

export interface HostileProvider {
  origin: string
  issuer: string
  discoveryUrl: string
  publicJwk: JWK
  foreignJwk: JWK
  /** `POST /as/token`, in order. */
  calls: string[]
  asked: Asked[]
  count(call: string): number
  connect(options?: {signal?: AbortSignal; allowLoopback?: boolean}): Promise<OidcClient>
  close(): Promise<void>
}

/** Two keys for all tests: generating RSA keys is what would take the time. */
const [published, foreign] = await Promise.all(
  ['RS256', 'RS256'].map((algorithm) => generateKeyPair(algorithm, {extractable: true})),
)

/** The secrets that the provider hands out. None may ever be seen in an error. */
export const SECRETS = ['device-code-s3cret', 'access-token-s3cret', 'refresh-token-s3cret', 'eyJ']

export async function startHostileProvider(script: Script = {}): Promise<HostileProvider> {
  const publicJwk = {...(await exportJWK(published!.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig'}
  const foreignJwk = {...(await exportJWK(foreign!.publicKey)), kid: 'k2', use: 'sig'}
  const asked: Asked[] = []

  async function answer(request: Asked): Promise<Answer | undefined> {
    switch (request.path) {
      case '/as/.well-known/openid-configuration': {
        const metadata = {
          issuer,
          device_authorization_endpoint: `${issuer}/device`,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          userinfo_endpoint: `${issuer}/me`,
          revocation_endpoint: `${issuer}/revoke`,
          id_token_signing_alg_values_supported: ['RS256'],
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
        }
        return script.discovery?.(metadata, request) ?? {body: metadata}
      }

      case '/as/device': {
        const authorization = {
          device_code: SECRETS[0],
          user_code: 'ABCD-EFGH',
          verification_uri: `${issuer}/activate`,
          verification_uri_complete: `${issuer}/activate?user_code=ABCD-EFGH`,
          expires_in: 600,
          interval: 1,
        }
        return script.device?.(authorization, request) ?? {body: authorization}
      }

      case '/as/token':
        return script.token?.(request) ?? honestTokens()

      case '/as/jwks': {
        const keys = {keys: [publicJwk]}
        return script.jwks?.(keys, request) ?? {body: keys}
      }

      case '/as/me': {
        const claims = {sub: 'user-1', email: 'info@example.com'}
        return script.userinfo?.(claims, request) ?? {body: claims}
      }

      case '/as/revoke':
        return script.revoke?.(request) ?? {status: 200, headers: {'content-type': 'text/plain'}, body: ''}

      default:
        return {status: 404, body: {}}
    }
  }

  async function honestTokens(): Promise<Answer> {
    const now = Math.floor(Date.now() / 1000)
    const token: Token = {
      header: {alg: 'RS256', kid: 'k1', typ: 'JWT'},
      claims: {iss: issuer, aud: 'cli', sub: 'user-1', email: 'dev@example.com', iat: now, exp: now + 300},
      sign: 'published',
      response: {
        access_token: SECRETS[1],
        token_type: 'Bearer',
        expires_in: 300,
        refresh_token: SECRETS[2],
      },
    }
    script.issue?.(token)
    const body = JSON.stringify({id_token: await signed(token), ...token.response})
    return script.tamper?.(body) ?? {body}
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const path = request.url!.split('?')[0]!
    const entry: Asked = {
      method: request.method!,
      path,
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
      headers: request.headers,
      earlier: asked.filter((other) => other.path === path).length,
      hungUp: false,
    }
    response.on('close', () => (entry.hungUp = !response.writableFinished))
    asked.push(entry)
    send(response, (await answer(entry))!)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `${origin}/as`

  const provider: HostileProvider = {
    origin,
    issuer,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    publicJwk,
    foreignJwk,
    asked,
    get calls() {
      return asked.map(({method, path}) => `${method} ${path}`)
    },
    count(call) {
      return provider.calls.filter((made) => made === call).length
    },
    connect({signal, allowLoopback = true} = {}) {
      return connectOidc({
        discoveryUrl: provider.discoveryUrl,
        clientId: 'cli',
        allowLoopback,
        signal,
        userAgent: 'test/1',
      })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return provider
}

async function signed(token: Token): Promise<string> {
  if (typeof token.sign === 'function') return token.sign(token)
  const key = (token.sign === 'published' ? published : foreign)!.privateKey
  return new SignJWT(token.claims).setProtectedHeader(token.header).sign(key)
}

function send(
  response: ServerResponse,
  {status = 200, headers, body = '', reset, hang, drip, megabytes}: Answer,
): void {
  if (hang) return
  if (reset && body === '') {
    response.socket?.destroy()
    return
  }

  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, {'content-type': 'application/json', ...headers})
  if (drip) {
    let sent = 0
    const timer = setInterval(() => {
      if (response.destroyed || sent >= text.length) clearInterval(timer)
      else response.write(text[sent++])
    }, drip)
    return
  }

  for (let count = 0; count < (megabytes ?? 0); count++) response.write(Buffer.alloc(1 << 20, ' '))
  if (reset) response.write(text, () => response.socket?.destroy())
  else response.end(text)
}
