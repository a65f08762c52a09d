import {expect} from 'chai'

import type {AuthErrorCode} from '../../src/errors.js'
import {createBoundedFetch} from '../../src/http/bounded-fetch.js'
import {connectOidc} from '../../src/oidc/index.js'
import {discoverIssuer} from '../../src/oidc/discover-issuer.js'
import {type Answer, type HostileProvider, type Script, startHostileProvider} from './support/hostile-provider.js'
import {expectError, rejection} from './support/log-in.js'

const DISCOVERY = 'GET /as/.well-known/openid-configuration'

describe('discovering the identity provider', () => {
  let provider: HostileProvider
  const start = async (script: Script = {}): Promise<HostileProvider> => (provider = await startHostileProvider(script))
  afterEach(() => provider.close())

  const changed = (fields: Record<string, unknown>): Script => ({
    discovery: (metadata) => ({body: {...metadata, ...fields}}),
  })
  const answered = (answer: Answer): Script => ({discovery: () => answer})

  it('given honest metadata, keeps what is used and asks once', async () => {
    await start(changed({mtls_endpoint_aliases: {token_endpoint: 'http://evil.example'}, end_session_endpoint: 'x:'}))
    const {metadata} = await discoverIssuer({
      discoveryUrl: provider.discoveryUrl,
      clientId: 'cli',
      allowLoopback: true,
      fetch: createBoundedFetch({userAgent: 'test/1'}),
    })
    expect(metadata.issuer).to.equal(provider.issuer)
    expect(Object.keys(metadata)).to.have.members([
      'issuer',
      'device_authorization_endpoint',
      'authorization_endpoint',
      'token_endpoint',
      'jwks_uri',
      'userinfo_endpoint',
      'revocation_endpoint',
      'id_token_signing_alg_values_supported',
      'userinfo_signing_alg_values_supported',
      'authorization_response_iss_parameter_supported',
      'response_types_supported',
      'code_challenge_methods_supported',
    ])
    expect(provider.calls).to.deep.equal([DISCOVERY])
  })

  it('given an issuer that differs only by a final slash, accepts it as it is (login case 29)', async () => {
    await start({discovery: (metadata) => ({body: {...metadata, issuer: `${metadata['issuer']}/`}})})
    expect((await provider.connect()).issuer).to.equal(`${provider.issuer}/`)
  })

  it('given an issuer with a final slash, expects it in the ID token as well', async () => {
    await start({
      discovery: (metadata) => ({body: {...metadata, issuer: `${metadata['issuer']}/`}}),
      issue: ({claims}) => (claims['iss'] = `${claims['iss']}/`),
    })
    const client = await provider.connect()
    const tokens = await client.pollDeviceToken(await client.requestDeviceAuthorization(), {wait: async () => {}})
    expect(tokens.identity.subject).to.equal('user-1')
  })

  for (const issuer of ['https://other.example', '//', '', 7]) {
    it(`given the issuer ${JSON.stringify(issuer)}, refuses`, async () => {
      await start(changed({issuer}))
      expectError(await rejection(provider.connect()), 'SERVER_ERROR')
    })
  }

  for (const change of ['two slashes', 'upper case', 'a default port', 'another path']) {
    it(`given an issuer that differs by ${change}, refuses (login case 28)`, async () => {
      await start({
        discovery(metadata) {
          const issuer = String(metadata['issuer'])
          const changes: Record<string, string> = {
            'two slashes': `${issuer}//`,
            'upper case': issuer.replace('/as', '/AS'),
            'a default port': issuer.replace(/:\d+/, ':80'),
            'another path': `${issuer}/tenant`,
          }
          return {body: {...metadata, issuer: changes[change]}}
        },
      })
      expectError(await rejection(provider.connect()), 'SERVER_ERROR', /says that it is .* but was found as/)
    })
  }

  describe('given an answer that is not the metadata', () => {
    const cases: Record<string, {answer: Answer; message: RegExp; calls?: number}> = {
      'a redirect': {
        answer: {status: 302, headers: {location: 'http://127.0.0.1:1/'}},
        message: /redirected the request, which is never followed \(HTTP 302\)/,
      },
      HTML: {
        answer: {headers: {'content-type': 'text/html; charset=x'}, body: '<h1>hotel'},
        message: /unexpected answer \(HTTP 200, text\/html\)/,
      },
      'a content type that paints': {
        answer: {status: 404, headers: {'content-type': 'text/\u009Bx'}, body: 'x'},
        message: /unexpected answer \(HTTP 404, text\/ x\)/,
      },
      'broken JSON': {answer: {body: '{"issuer": "device-code-s3cret'}, message: /not usable: failed to parse/},
      'a list': {answer: {body: []}, message: /not usable: it must be a top level object/},
      '500, three times': {answer: {status: 500}, message: /HTTP 500/, calls: 3},
      '501, once': {answer: {status: 501}, message: /HTTP 501/},
      '404': {answer: {status: 404}, message: /HTTP 404/},
      'two megabytes': {answer: {megabytes: 2}, message: /is too large/},
    }
    for (const [what, {answer, message, calls = 1}] of Object.entries(cases)) {
      it(`says so of ${what} (login cases 30, 31)`, async () => {
        await start(answered(answer))
        expectError(await rejection(provider.connect()), 'SERVER_ERROR', message)
        expect(provider.count(DISCOVERY)).to.equal(calls)
      })
    }

    it('gives up on a dripping one when the time is over (login case 32)', async () => {
      await start({discovery: (metadata) => ({body: metadata, drip: 20})})
      const started = Date.now()
      const error = await rejection(
        discoverIssuer({
          discoveryUrl: provider.discoveryUrl,
          clientId: 'cli',
          allowLoopback: true,
          fetch: createBoundedFetch({userAgent: 'test/1', timeout: 150}),
        }),
      )
      expectError(error, 'NETWORK_ERROR', /did not answer in time/)
      expect(Date.now() - started).to.be.lessThan(1000)
    })

    it('recovers from one 503', async () => {
      await start({discovery: (_, {earlier}) => (earlier === 0 ? {status: 503} : undefined)})
      expect((await provider.connect()).issuer).to.equal(provider.issuer)
    })

    it('says when nobody is there', async () => {
      await start()
      await provider.close()
      expectError(await rejection(provider.connect()), 'NETWORK_ERROR', /^Cannot reach .* \(ECONNREFUSED\)\.$/)
    })
  })

  describe('before anything is shown', () => {
    const cases: Record<string, {fields: Record<string, unknown>; code: AuthErrorCode; message: RegExp}> = {
      'no token_endpoint': {
        fields: {token_endpoint: undefined},
        code: 'LOGIN_NOT_SUPPORTED',
        message: /has no token_endpoint/,
      },
      'no jwks_uri': {fields: {jwks_uri: undefined}, code: 'LOGIN_NOT_SUPPORTED', message: /has no jwks_uri/},
      'a null jwks_uri': {fields: {jwks_uri: null}, code: 'LOGIN_NOT_SUPPORTED', message: /has no jwks_uri/},
      'only none and HS256': {
        fields: {id_token_signing_alg_values_supported: ['none', 'HS256']},
        code: 'LOGIN_NOT_SUPPORTED',
        message: /no asymmetric algorithm/,
      },
      'algorithms that are no list': {
        fields: {id_token_signing_alg_values_supported: 'RS256'},
        code: 'LOGIN_NOT_SUPPORTED',
        message: /no asymmetric algorithm/,
      },
      'a token_endpoint over http elsewhere': {
        fields: {token_endpoint: 'http://idp.example/token'},
        code: 'SERVER_ERROR',
        message: /The token_endpoint of .* is not an https URL: http:\/\/idp\.example\/token/,
      },
      'a file for a jwks_uri': {
        fields: {jwks_uri: 'file:///etc/passwd'},
        code: 'SERVER_ERROR',
        message: /jwks_uri of .* is not an https URL/,
      },
      'a revocation_endpoint with a password': {
        fields: {revocation_endpoint: 'https://a:b@idp.example/'},
        code: 'SERVER_ERROR',
        message: /has a user name or password in it/,
      },
      'a userinfo_endpoint that paints': {
        fields: {userinfo_endpoint: 'https://idp.example/\u001B[2J'},
        code: 'SERVER_ERROR',
        message: /has control characters/,
      },
      'an endpoint that is no text': {fields: {token_endpoint: 7}, code: 'SERVER_ERROR', message: /is not a valid URL/},
    }
    for (const [what, {fields, code, message}] of Object.entries(cases)) {
      it(`given ${what}, refuses after one request (login cases 33, 34, 35, 36)`, async () => {
        await start(changed(fields))
        expectError(await rejection(provider.connect()), code, message)
        expect(provider.calls).to.deep.equal([DISCOVERY])
      })
    }

    it('given no list of algorithms, takes RS256', async () => {
      await start(changed({id_token_signing_alg_values_supported: undefined}))
      expect((await provider.connect()).issuer).to.equal(provider.issuer)
    })
  })

  describe('given a discovery URL', () => {
    const connect = (discoveryUrl: string, allowLoopback = false): Promise<unknown> =>
      connectOidc({discoveryUrl, clientId: 'cli', allowLoopback, userAgent: 'test/1'})

    it('of this machine, refuses it where the control plane is elsewhere, and sends nothing (login case 27)', async () => {
      await start()
      const error = await rejection(provider.connect({allowLoopback: false}))
      expectError(error, 'SERVER_ERROR', /is not an https URL/)
      expect(provider.calls).to.deep.equal([])
    })

    for (const url of [
      '',
      'nonsense',
      'ftp://idp.example/.well-known/openid-configuration',
      'http://idp.example/.well-known/openid-configuration',
      'http://127.0.0.1.evil.example/.well-known/openid-configuration',
      'https://user:word@idp.example/.well-known/openid-configuration',
      'https://idp.example/.well-known/openid-configuration?tenant=1',
      'https://idp.example/.well-known/openid-configuration#x',
      'https://idp.example/.well-known/oauth-authorization-server',
      'https://idp.example',
    ]) {
      it(`like ${url || 'nothing'}, refuses it (login case 26)`, async () => {
        await start()
        expectError(await rejection(connect(url, true)), 'SERVER_ERROR', /^The address of the identity provider/)
      })
    }
  })
})
