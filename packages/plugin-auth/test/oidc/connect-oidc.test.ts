import {createHash} from 'node:crypto'

import {expect} from 'chai'
import {exportJWK, generateKeyPair, SignJWT} from 'jose'
import nock from 'nock'

import {connectOidc, type OidcClient} from '../../src/oidc/index.js'
import {createFakeTime, expectError, rejection} from './support/log-in.js'

const ISSUER = 'https://idp.example/tenant'

describe('a login over https', () => {
  before(() => {
    nock.disableNetConnect()
    nock.enableNetConnect(/^127\.0\.0\.1/)
  })
  afterEach(() => nock.cleanAll())
  after(() => {
    nock.enableNetConnect()
    nock.restore()
    nock.activate()
  })

  const provider = (): nock.Scope => nock('https://idp.example')
  const DISCOVERY = '/tenant/.well-known/openid-configuration'
  const metadata = {
    issuer: ISSUER,
    device_authorization_endpoint: `${ISSUER}/device`,
    token_endpoint: `${ISSUER}/token`,
    jwks_uri: `${ISSUER}/jwks`,
    revocation_endpoint: `${ISSUER}/revoke`,
  }
  const authorization = {
    device_code: 'device-code-s3cret',
    user_code: 'WXYZ',
    verification_uri: 'https://idp.example/activate',
    expires_in: 60,
    interval: 1,
  }

  const connect = (): Promise<OidcClient> =>
    connectOidc({
      discoveryUrl: `https://idp.example${DISCOVERY}`,
      clientId: 'cli',
      allowLoopback: false,
      userAgent: 'test/1',
    })

  for (const [algorithm, hash, length] of [
    ['RS256', 'sha256', 16],
    ['PS384', 'sha384', 24],
    ['ES256', 'sha256', 16],
    ['ES512', 'sha512', 32],
    ['EdDSA', 'sha512', 32],
  ] as const) {
    it(`signed with ${algorithm}, from discovery to revocation (login cases 6, 55)`, async () => {
      const {privateKey, publicKey} = await generateKeyPair(algorithm, {extractable: true})
      const jwk = {...(await exportJWK(publicKey)), kid: 'a', alg: algorithm, use: 'sig'}
      const accessToken = 'access-token-s3cret'
      const idToken = await new SignJWT({
        email: 'dev@example.com',
        at_hash: createHash(hash).update(accessToken).digest().subarray(0, length).toString('base64url'),
      })
        .setProtectedHeader({alg: algorithm, kid: 'a'})
        .setIssuer(ISSUER)
        .setAudience('cli')
        .setSubject('user-1')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey)
      const tokens = {access_token: accessToken, token_type: 'Bearer', expires_in: 300}
      const scope = provider()
        .get(DISCOVERY)
        .reply(503)
        .get(DISCOVERY)
        .reply(200, {...metadata, id_token_signing_alg_values_supported: ['none', algorithm]})
        .post('/tenant/device', {client_id: 'cli', scope: 'email offline_access openid profile'})
        .reply(200, authorization)
        .post('/tenant/token')
        .reply(400, {error: 'authorization_pending'})
        .post('/tenant/token')
        .reply(400, {error: 'slow_down'})
        .post('/tenant/token')
        .replyWithError(Object.assign(new Error('reset'), {code: 'ECONNRESET'}))
        .post('/tenant/token')
        .reply(200, {...tokens, id_token: idToken, refresh_token: 'refresh-1'})
        .get('/tenant/jwks')
        .reply(200, {keys: [jwk]})
        .post('/tenant/token', {client_id: 'cli', grant_type: 'refresh_token', refresh_token: 'refresh-1'})
        .reply(200, {...tokens, refresh_token: 'refresh-2'})
        .post('/tenant/revoke', {client_id: 'cli', token: 'refresh-2', token_type_hint: 'refresh_token'})
        .reply(200)

      const client = await connect()
      const {waits, ...time} = createFakeTime()
      const first = await client.pollDeviceToken(await client.requestDeviceAuthorization(), time)
      expect(first.identity).to.deep.equal({subject: 'user-1', email: 'dev@example.com'})
      expect(waits).to.deep.equal([1000, 1000, 6000, 12_000])
      const second = await client.refresh(first.refreshToken!, first.identity.subject)
      expect(await client.revoke(second.refreshToken)).to.equal(true)
      scope.done()
    })
  }

  for (const [code, hint] of [
    ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS/],
    ['CERT_HAS_EXPIRED', /date and time/],
  ] as const) {
    it(`given ${code}, asks once and says what helps (login case 106)`, async () => {
      const scope = provider()
        .get(DISCOVERY)
        .replyWithError(Object.assign(new Error('tls'), {code}))
      const error = await rejection(connect())
      expectError(
        error,
        'NETWORK_ERROR',
        new RegExp(`TLS connection to idp\\.example/.* cannot be trusted \\(${code}\\)`),
      )
      expect(error.suggestions.join()).to.match(hint)
      scope.done()
    })
  }

  it('given a name that cannot be resolved, says so after three tries', async () => {
    const scope = provider()
      .get(DISCOVERY)
      .times(3)
      .replyWithError(Object.assign(new Error('dns'), {code: 'ENOTFOUND'}))
    expectError(await rejection(connect()), 'NETWORK_ERROR', /^Cannot reach idp\.example\/.* \(ENOTFOUND\)\.$/)
    scope.done()
  })

  it('never leads to http, not even on this machine', async () => {
    provider()
      .get(DISCOVERY)
      .reply(200, {...metadata, jwks_uri: 'http://127.0.0.1/jwks'})
    expectError(await rejection(connect()), 'SERVER_ERROR', /jwks_uri of .* is not an https URL/)
  })

  it('refuses a verification_uri on this machine', async () => {
    provider()
      .get(DISCOVERY)
      .reply(200, metadata)
      .post('/tenant/device')
      .reply(200, {...authorization, verification_uri: 'http://127.0.0.1/activate'})
    const client = await connect()
    expectError(await rejection(client.requestDeviceAuthorization()), 'SERVER_ERROR', /is not an https URL/)
  })
})
