import {expect} from 'chai'

import type {DeviceAuthorization} from '../../src/oidc/index.js'
import {type Answer, type HostileProvider, type Script, startHostileProvider} from './support/hostile-provider.js'
import {createFakeTime, expectError, rejection} from './support/log-in.js'

describe('requesting the device authorization', () => {
  let provider: HostileProvider
  afterEach(() => provider.close())

  let waits: number[]
  async function request(device?: Script['device']): Promise<DeviceAuthorization> {
    provider = await startHostileProvider({...(device && {device})})
    const time = createFakeTime()
    waits = time.waits
    return (await provider.connect()).requestDeviceAuthorization({wait: time.wait})
  }

  const changed = (fields: Record<string, unknown>): Promise<DeviceAuthorization> =>
    request((authorization) => ({body: {...authorization, ...fields}}))
  const answered = (answer: Answer): Promise<DeviceAuthorization> => request(() => answer)

  it('keeps the names of the wire, and the device code out of sight', async () => {
    const authorization = await request()
    expect({...authorization, device_code: authorization.device_code.reveal()}).to.deep.equal({
      device_code: 'device-code-s3cret',
      user_code: 'ABCD-EFGH',
      verification_uri: `${provider.issuer}/activate`,
      verification_uri_complete: `${provider.issuer}/activate?user_code=ABCD-EFGH`,
      expires_in: 600,
      interval: 1,
    })
    expect(JSON.stringify(authorization)).not.to.include('s3cret')
    expect(Object.fromEntries(provider.asked.at(-1)!.form)).to.deep.equal({
      client_id: 'cli',
      scope: 'email offline_access openid profile',
    })
  })

  describe('given a verification_uri', () => {
    for (const uri of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'http://idp.example/activate',
      'vscode://x',
      'https://a:b@idp.example/',
      'https://idp.example/\u001B[2J',
      `https://idp.example/${'x'.repeat(2048)}`,
      'nonsense',
    ]) {
      it(`like ${JSON.stringify(uri.slice(0, 40))}, refuses it (login case 41)`, async () => {
        const error = await rejection(changed({verification_uri: uri, verification_uri_complete: undefined}))
        expectError(error, 'SERVER_ERROR', /\/as\/device sent a verification_uri that /)
      })
    }

    it('that is missing, refuses the answer', async () => {
      expectError(await rejection(changed({verification_uri: undefined})), 'SERVER_ERROR', /verification_uri/)
    })

    it('on another host, accepts it: who asks the person decides about opening it', async () => {
      const {verification_uri: uri} = await changed({verification_uri: 'https://login.example/activate'})
      expect(uri).to.equal('https://login.example/activate')
    })
  })

  for (const complete of ['https://evil.example/?user_code=ABCD', 'javascript:alert(1)', 'nonsense']) {
    it(`drops the verification_uri_complete ${complete} (login case 42)`, async () => {
      const authorization = await changed({verification_uri_complete: complete})
      expect(authorization).not.to.have.property('verification_uri_complete')
      expect(authorization.verification_uri).to.equal(`${provider.issuer}/activate`)
    })
  }

  for (const code of ['', ' ABCD', 'ABCD ', 'AB\u001B[31mCD', 'AB\nCD', 'ABCD\u202E', 'ÄÖÜ', 'x'.repeat(65), 7]) {
    it(`given the user code ${JSON.stringify(code)}, refuses it (login case 44)`, async () => {
      expectError(await rejection(changed({user_code: code})), 'SERVER_ERROR')
    })
  }

  for (const code of ['A', 'WDJB-MJHT', '123 456', 'x'.repeat(64)]) {
    it(`given the user code ${code}, takes it`, async () => {
      expect((await changed({user_code: code})).user_code).to.equal(code)
    })
  }

  for (const [value, expected] of [
    [60, 60],
    ['60', 60],
    [0, 1],
    [0.0005, 1],
    [10_000_000, 3600],
    [90.7, 90],
  ] as const) {
    it(`given expires_in ${JSON.stringify(value)}, lasts ${expected} seconds (login case 45)`, async () => {
      expect((await changed({expires_in: value})).expires_in).to.equal(expected)
    })
  }

  for (const value of [undefined, null, -1, 'soon']) {
    it(`given expires_in ${JSON.stringify(value)}, refuses the answer (login case 45)`, async () => {
      expectError(await rejection(changed({expires_in: value})), 'SERVER_ERROR', /expires_in/)
    })
  }

  for (const [value, expected] of [
    [undefined, 5],
    [7, 7],
    [0.05, 1],
    [1_000_000_000, 60],
  ] as const) {
    it(`given interval ${JSON.stringify(value)}, waits ${expected} seconds (login case 46)`, async () => {
      expect((await changed({interval: value})).interval).to.equal(expected)
    })
  }

  for (const value of [0, -1, '5', null]) {
    it(`given interval ${JSON.stringify(value)}, refuses the answer (login case 46)`, async () => {
      expectError(await rejection(changed({interval: value})), 'SERVER_ERROR', /interval/)
    })
  }

  describe('given a refusal', () => {
    it('by 401 with a challenge, shows the OAuth error and no challenge (login case 37)', async () => {
      const error = await rejection(
        answered({
          status: 401,
          headers: {'www-authenticate': 'Basic realm="idp"'},
          body: {error: 'invalid_client', error_description: 'client is unknown'},
        }),
      )
      expectError(error, 'LOGIN_FAILED', /\/as\/device refused: invalid_client \(client is unknown\)\.$/)
    })

    it('by 400, shows code and description, cleaned (login case 38)', async () => {
      const error = await rejection(
        answered({status: 400, body: {error: 'unauthorized_client', error_description: 'no\u001B[31m device\nflow'}}),
      )
      expectError(error, 'LOGIN_FAILED', /refused: unauthorized_client \(no \[31m device flow\)/)
    })

    it('by HTTP 200, shows the OAuth error', async () => {
      const error = await rejection(answered({body: {error: 'unauthorized_client'}}))
      expectError(error, 'LOGIN_FAILED', /refused: unauthorized_client\.$/)
    })

    it('whose description is long or no text, stays short', async () => {
      const body = {error: 'x'.repeat(500), error_description: 'y'.repeat(5000)}
      const error = await rejection(answered({status: 400, body}))
      expectError(error, 'LOGIN_FAILED')
      expect(error.message.length).to.be.lessThan(400)
      await provider.close()
      expectError(
        await rejection(answered({status: 400, body: {error: 'invalid_scope', error_description: {a: 1}}})),
        'LOGIN_FAILED',
        /refused: invalid_scope\.$/,
      )
    })

    it('by a page of HTML, names status and content type (login case 39)', async () => {
      const error = await rejection(answered({status: 404, headers: {'content-type': 'text/html'}, body: '<p>'}))
      expectError(error, 'SERVER_ERROR', /\/as\/device gave an unexpected answer \(HTTP 404, text\/html\)/)
      expect(provider.count('POST /as/device')).to.equal(1)
    })

    it('by a redirect, does not follow it', async () => {
      expectError(
        await rejection(answered({status: 307, headers: {location: 'http://127.0.0.1:1/'}})),
        'SERVER_ERROR',
        /redirected/,
      )
    })
  })

  describe('given a server that is busy', () => {
    const busy =
      (times: number, answer: Answer): Script['device'] =>
      (_, {earlier}) =>
        earlier < times ? answer : undefined

    it('waits as long as Retry-After says and asks again (login case 40)', async () => {
      const {user_code: code} = await request(busy(2, {status: 429, headers: {'retry-after': '7'}}))
      expect(code).to.equal('ABCD-EFGH')
      expect(waits).to.deep.equal([7000, 7000])
    })

    it('asks three times at most (login case 40)', async () => {
      expectError(await rejection(request(busy(9, {status: 503}))), 'SERVER_ERROR', /HTTP 503/)
      expect(waits).to.deep.equal([1000, 2000])
      expect(provider.count('POST /as/device')).to.equal(3)
    })

    it('does not wait for half an hour', async () => {
      const error = await rejection(request(busy(1, {status: 429, headers: {'retry-after': '1800'}})))
      expectError(error, 'SERVER_ERROR', /HTTP 429/)
      expect(waits).to.deep.equal([])
    })

    it('asks again after a reset', async () => {
      expect((await request(busy(1, {reset: true}))).user_code).to.equal('ABCD-EFGH')
      expect(waits).to.deep.equal([1000])
    })
  })
})
