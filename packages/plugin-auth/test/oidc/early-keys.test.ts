import {expect} from 'chai'
import {pause} from '../../src/http/pause.js'
import type {OidcClient, Tokens} from '../../src/oidc/index.js'
import {type HostileProvider, type Script, startHostileProvider} from './support/hostile-provider.js'
import {expectError, rejection} from './support/log-in.js'

const JWKS = 'GET /as/jwks'

describe('the keys, asked for before there is anything to check', () => {
  let provider: HostileProvider
  afterEach(() => provider.close())

  /** The person decides a moment later. */
  async function logIn(script: Script): Promise<Tokens> {
    provider = await startHostileProvider(script)
    const client = await provider.connect()
    client.fetchKeysEarly()
    return client.pollDeviceToken(await client.requestDeviceAuthorization(), {wait: () => pause(150)})
  }

  it('are not asked for again once the tokens are there', async () => {
    const {identity} = await logIn({})
    expect(identity.subject).to.equal('user-1')
    expect(provider.count(JWKS)).to.equal(1)
    expect(provider.calls.indexOf(JWKS)).to.be.lessThan(provider.calls.indexOf('POST /as/token'))
  })

  it('check as sternly: a signature by another key is refused', async () => {
    const error = await rejection(
      logIn({jwks: ({keys}) => ({body: {keys: [{...keys[0], n: keys[0]?.n?.replace(/^./, 'A')}]}})}),
    )
    expectError(error, 'LOGIN_FAILED')
  })

  it('are asked for anew for a key that came since', async () => {
    await logIn({jwks: ({keys}, {earlier}) => ({body: {keys: earlier === 0 ? [{...keys[0], kid: 'old'}] : keys}})})
    expect(provider.count(JWKS)).to.equal(2)
  })

  const failures: Record<string, Script['jwks']> = {
    'a page of HTML': (_, {earlier}) =>
      earlier === 0 ? {headers: {'content-type': 'text/html'}, body: '<p>'} : undefined,
    'no keys': (_, {earlier}) => (earlier === 0 ? {body: {}} : undefined),
    'not found': (_, {earlier}) => (earlier === 0 ? {status: 404} : undefined),
    nothing: (_, {earlier}) => (earlier === 0 ? {hang: true} : undefined),
  }
  for (const [what, jwks] of Object.entries(failures)) {
    it(`are asked for again where the answer was: ${what}`, async () => {
      await logIn({jwks})
      expect(provider.count(JWKS)).to.equal(2)
    })
  }

  async function hungUp(): Promise<void> {
    const asked = provider.asked.find(({path}) => path === '/as/jwks')
    for (let tries = 0; !asked?.hungUp; tries++) {
      expect(tries, 'the connection stays open').to.be.lessThan(500)
      await pause(5)
    }
  }

  it('are given up when the login ends', async () => {
    provider = await startHostileProvider({
      jwks: () => ({hang: true}),
      token: () => ({status: 400, body: {error: 'access_denied'}}),
    })
    const client: OidcClient = await provider.connect()
    client.fetchKeysEarly()
    const authorization = await client.requestDeviceAuthorization()
    expectError(await rejection(client.pollDeviceToken(authorization, {wait: () => pause(50)})), 'LOGIN_DENIED')
    await hungUp()
  })

  it('are given up where there is no code', async () => {
    provider = await startHostileProvider({
      jwks: () => ({hang: true}),
      device: () => ({status: 400, body: {error: 'invalid_client'}}),
    })
    const client = await provider.connect()
    client.fetchKeysEarly()
    await pause(50)
    expectError(await rejection(client.requestDeviceAuthorization()), 'LOGIN_FAILED')
    await hungUp()
  })

  it('are given up when somebody cancels', async () => {
    const controller = new AbortController()
    provider = await startHostileProvider({jwks: () => ({hang: true})})
    const client = await provider.connect({signal: controller.signal})
    client.fetchKeysEarly()
    await pause(50)
    controller.abort()
    await hungUp()
  })
})
