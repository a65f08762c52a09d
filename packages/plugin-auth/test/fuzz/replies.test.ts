import {expect} from 'chai'
import fc from 'fast-check'
import {createControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import {AuthError} from '../../src/errors.js'
import {requestDeviceAuthorization} from '../../src/oidc/authorize-device.js'
import {discoverIssuer} from '../../src/oidc/discover-issuer.js'
import {fetchEmail} from '../../src/oidc/fetch-email.js'
import type {Issuer} from '../../src/oidc/issuer.js'
import {pollOnce} from '../../src/oidc/poll-once.js'
import {refreshTokens} from '../../src/oidc/refresh-tokens.js'
import {revokeToken} from '../../src/oidc/revoke-token.js'
import {Secret} from '../../src/secret.js'
import {bytesLike, CANARY, CONTROLS, holds, json, mutated, outcomeOf, text} from './support/fuzz.js'

/** What a server, or a proxy in its place, may answer to anything. The status is mostly the one that is hoped for. */
const answerLike = (sound: object, status = 200): fc.Arbitrary<Response> =>
  fc
    .record({
      body: bytesLike(sound),
      status: fc.oneof(
        {weight: 5, arbitrary: fc.constant(status)},
        {
          weight: 1,
          arbitrary: fc.constantFrom(200, 201, 204, 301, 302, 400, 401, 403, 404, 405, 409, 429, 500, 501, 503),
        },
      ),
      type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/html', 'application/jwt', ''),
      header: text,
    })
    .map(({body, status, type, header}) => {
      const headers = new Headers(type ? {'content-type': type} : {})
      for (const name of ['x-request-id', 'location', 'retry-after', 'www-authenticate']) trySet(headers, name, header)
      return new Response(status === 204 ? null : new Uint8Array(body), {status, headers})
    })

function trySet(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value)
  } catch {
    // No server could send it.
  }
}

const named = (response: Response, url: string | URL): Response =>
  Object.defineProperty(response.clone(), 'url', {value: String(url), configurable: true})

/** By what reads it: the provider's address as a URL; the other two are never shown. */
const CHECKED_ELSEWHERE = ['discovery_url', 'client_id', 'capabilities']

describe('whatever a control plane answers', () => {
  const clientOf = (answer: Response) =>
    createControlPlaneClient({
      apiUrl: 'https://api.example.com',
      bearer: new Secret(CANARY),
      fetch: async (url) => named(answer, url),
    })

  const version = {version: '1', requires_auth: true, min_llamactl_version: null, capabilities: ['a']}
  const discovery = {discovery_url: 'https://id.example.com/x', client_ids: {cli: 'c', web: 'w'}}
  const projects = {projects: [{project_id: 'p', project_name: 'P', deployment_count: 1, org_id: 'o'}]}
  const organizations = {organizations: [{org_id: 'o', org_name: 'O', is_default: true}]}
  const calls: [string, object, (client: ReturnType<typeof clientOf>) => Promise<unknown>, number?][] = [
    ['what it is', version, (client) => client.version()],
    ['how to log in', discovery, (client) => client.oidcDiscovery()],
    ['who one is', {id: 'u', email: 'ada@example.com'}, (client) => client.me()],
    ['projects', projects, (client) => client.projects()],
    ['organizations', organizations, (client) => client.organizations()],
    ['a new key', {id: 'k', name: 'n', redacted_api_key: CANARY}, (client) => client.createApiKey('n'), 201],
    ['a deletion', {detail: 'gone'}, (client) => client.deleteApiKey('k'), 200],
  ]
  for (const [what, sound, call, status] of calls) {
    it(`${what} is a clean value or a clear error`, () =>
      holds(answerLike(sound, status), async (answer) => {
        const {value, error} = await outcomeOf(() => call(clientOf(answer)))
        if (error) {
          expect(['SERVER_ERROR', 'CREDENTIAL_REJECTED', 'LOGIN_NOT_SUPPORTED']).to.include(error.code)
          return
        }

        for (const [name, said] of Object.entries(Object(value) as object)) {
          if (!CHECKED_ELSEWHERE.includes(name)) for (const shown of textsIn(said)) expect(shown).not.to.match(CONTROLS)
        }
      }))
  }

  it('an id is asked for as it is or not at all, and never changes the path', () =>
    holds(text, async (id) => {
      const asked: string[] = []
      const client = createControlPlaneClient({
        apiUrl: 'https://api.example.com/prefix',
        fetch: async (url) => {
          asked.push(new URL(url).href)
          return named(new Response('{"projects": []}', {status: 200}), url)
        },
      })
      await outcomeOf(() => client.deleteApiKey(id))
      await outcomeOf(() => client.projects(id))
      for (const [index, prefix] of ['/api/v1/api-keys/', '/api/v1beta1/deployments/list-projects?org_id='].entries()) {
        const start = `https://api.example.com/prefix${prefix}`
        if (asked.length > 0) expect(decodeURIComponent(asked[index]!.slice(start.length))).to.equal(id)
        if (asked.length > 0) expect(asked[index]!.slice(start.length)).not.to.match(/[/?#]/)
      }
    }))
})

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

describe('whatever an identity provider answers', () => {
  const origin = 'https://id.example.com'
  const metadata = {
    issuer: origin,
    device_authorization_endpoint: `${origin}/device`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    userinfo_endpoint: `${origin}/me`,
    revocation_endpoint: `${origin}/revoke`,
    id_token_signing_alg_values_supported: ['RS256'],
  }
  const issuerThat = (answer: Response, keys: object = {keys: []}): Issuer => ({
    metadata,
    clientId: 'cli',
    allowLoopback: false,
    fetch: async (url) =>
      named(
        String(url).endsWith('/jwks')
          ? new Response(JSON.stringify(keys), {headers: {'content-type': 'application/json'}})
          : answer,
        url,
      ),
  })
  const CODES = ['SERVER_ERROR', 'LOGIN_FAILED', 'LOGIN_NOT_SUPPORTED', 'NETWORK_ERROR', 'CREDENTIAL_REJECTED']
  const expectKnown = (error: AuthError) => expect(CODES, error.message).to.include(error.code)

  it('what it says of itself is checked or refused', () =>
    holds(answerLike(metadata), async (answer) => {
      const {value, error} = await outcomeOf(() =>
        discoverIssuer({
          discoveryUrl: `${origin}/.well-known/openid-configuration`,
          clientId: 'cli',
          allowLoopback: false,
          fetch: async (url) => named(answer, url),
        }),
      )
      if (error) return expectKnown(error)
      for (const [field, url] of Object.entries(value!.metadata)) {
        if (field.endsWith('_endpoint') || field === 'jwks_uri') expect(url).to.match(/^https:/)
      }

      expect(value!.metadata.id_token_signing_alg_values_supported.join()).to.match(/^((RS|PS|ES)\d+|Ed\w+,?)+/)
    }))

  it('where it is said to be is asked or refused', () =>
    holds(
      fc.oneof(
        text,
        fc.webUrl().map((url) => `${url}/.well-known/openid-configuration`),
      ),
      async (discoveryUrl) => {
        const {error} = await outcomeOf(() =>
          discoverIssuer({
            discoveryUrl,
            clientId: 'cli',
            allowLoopback: true,
            fetch: async (url) => named(new Response('{}', {headers: {'content-type': 'application/json'}}), url),
          }),
        )
        expectKnown(error!)
      },
    ))

  const authorization = {
    device_code: CANARY,
    user_code: 'ABCD-EFGH',
    verification_uri: `${origin}/activate`,
    verification_uri_complete: `${origin}/activate?user_code=ABCD-EFGH`,
    expires_in: 600,
    interval: 5,
  }
  it('a code is fit to be shown and waited for, or refused', () =>
    holds(answerLike(authorization), async (answer) => {
      const wait = async () => undefined
      const {value, error} = await outcomeOf(() => requestDeviceAuthorization(issuerThat(answer), {wait}))
      if (error) return expectKnown(error)
      const {user_code, verification_uri, verification_uri_complete = '', expires_in, interval} = value!
      for (const shown of [user_code, verification_uri, verification_uri_complete]) {
        expect(shown).not.to.match(CONTROLS)
      }

      expect(expires_in).to.be.within(1, 3600)
      expect(interval).to.be.within(1, 60)
    }))

  const part = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = {iss: origin, aud: 'cli', sub: 'user-1', email: 'ada@example.com', iat: now, exp: now + 300}
  const jwt = fc.oneof(
    fc
      .tuple(mutated({alg: 'RS256', kid: 'k1', typ: 'JWT'}), mutated(claims), fc.uint8Array({maxLength: 300}))
      .map(
        ([header, body, signature]) => `${part(header)}.${part(body)}.${Buffer.from(signature).toString('base64url')}`,
      ),
    fc.tuple(json, json).map(([header, body]) => `${part(header)}.${part(body)}.`),
    text.map((rest) => `eyJ${rest}.${rest}.${rest}`),
    text,
  )
  const tokens = {access_token: CANARY, token_type: 'Bearer', expires_in: 300, refresh_token: `${CANARY}-r`}
  const tokenAnswer = fc.oneof(
    answerLike(tokens),
    answerLike({error: 'authorization_pending', error_description: 'x'}, 400),
    fc
      .tuple(jwt, mutated(tokens))
      .map(([id_token, rest]) => Response.json(Object.assign(Object.create(null), {...tokens}, rest, {id_token}))),
  )
  const keys = json.map((value) => ({keys: [value, {kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'k1', alg: 'RS256'}]}))

  it('tokens that nobody signed are refused, whatever is in them', () =>
    holds(fc.tuple(tokenAnswer, keys), async ([answer, published]) => {
      const issuer = issuerThat(answer, published)
      const {value, error} = await outcomeOf(() => pollOnce(issuer, new Secret(CANARY)))
      if (error) return expectKnown(error)
      expect(value!.kind).not.to.equal('tokens')
      if ('failure' in value!) expectKnown((await outcomeOf(() => Promise.reject(value.failure))).error!)
    }))

  it('a renewal is another set of tokens or a clear error', () =>
    holds(fc.tuple(tokenAnswer, keys), async ([answer, published]) => {
      const refreshed = refreshTokens(issuerThat(answer, published), new Secret(CANARY), 'user-1')
      const {value, error} = await outcomeOf(() => refreshed)
      if (error) return expectKnown(error)
      expect(value!.identity.subject).to.equal('user-1')
      expect(value!.accessToken.reveal()).to.be.a('string').and.not.equal('')
    }))

  it('an e-mail address is one, or there is none', () =>
    holds(answerLike({sub: 'user-1', email: 'ada@example.com'}), async (answer) => {
      const given = {accessToken: new Secret(CANARY), identity: {subject: 'user-1'}}
      const email = await fetchEmail(issuerThat(answer), given)
      if (email !== undefined)
        expect(email)
          .to.match(/^[^\s@]+@[^\s@]+$/)
          .and.not.match(CONTROLS)
    }))

  it('a refresh token is revoked or not', () =>
    holds(answerLike({}), async (answer) => {
      expect(await revokeToken(issuerThat(answer), new Secret(CANARY))).to.be.a('boolean')
    }))
})
