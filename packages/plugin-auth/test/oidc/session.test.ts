import {expect} from 'chai'

import {Secret} from '../../src/secret.js'
import {pause} from '../../src/http/pause.js'
import type {OidcClient, Tokens} from '../../src/oidc/index.js'
import {type HostileProvider, type Script, startHostileProvider} from './support/hostile-provider.js'
import {createFakeTime, expectError, rejection} from './support/log-in.js'

const REFRESH_TOKEN = new Secret('refresh-token-s3cret')

describe('after the login', () => {
  let provider: HostileProvider
  let client: OidcClient
  const start = async (script: Script = {}, signal?: AbortSignal): Promise<OidcClient> => {
    provider = await startHostileProvider(script)
    return (client = await provider.connect({...(signal && {signal})}))
  }

  afterEach(() => provider.close())

  describe('refreshing', () => {
    it('hands over new tokens for the same person', async () => {
      await start({issue: ({response}) => (response['refresh_token'] = 'rotated')})
      const tokens = await client.refresh(REFRESH_TOKEN, 'user-1')
      expect(tokens.refreshToken.reveal()).to.equal('rotated')
      expect(tokens.identity).to.deep.equal({subject: 'user-1', email: 'dev@example.com'})
      expect(Object.fromEntries(provider.asked.find(({path}) => path === '/as/token')!.form)).to.deep.equal({
        client_id: 'cli',
        grant_type: 'refresh_token',
        refresh_token: 'refresh-token-s3cret',
      })
    })

    it('given neither a new refresh token nor an ID token, keeps the old ones (login case 97)', async () => {
      await start({
        issue({response}) {
          delete response['refresh_token']
          response['id_token'] = undefined
        },
      })
      const tokens = await client.refresh(REFRESH_TOKEN, 'user-1')
      expect(tokens.refreshToken).to.equal(REFRESH_TOKEN)
      expect(tokens.identity).to.deep.equal({subject: 'user-1'})
    })

    it('given an ID token for another person, refuses and revokes what came with it (login case 96)', async () => {
      await start({issue: ({response}) => (response['refresh_token'] = 'rotated')})
      const error = await rejection(client.refresh(REFRESH_TOKEN, 'user-2'))
      expectError(error, 'LOGIN_FAILED', /for another person than before/)
      expect(provider.asked.at(-1)!.form.get('token')).to.equal('rotated')
    })

    it('given an ID token signed by somebody else, refuses', async () => {
      await start({issue: (token) => (token.sign = 'foreign')})
      expectError(await rejection(client.refresh(REFRESH_TOKEN, 'user-1')), 'LOGIN_FAILED', /signature/)
    })

    it('given invalid_grant, says that one has to log in again', async () => {
      await start({
        token: () => ({status: 400, body: {error: 'invalid_grant', error_description: 'refresh-token-s3cret'}}),
      })
      const error = await rejection(client.refresh(REFRESH_TOKEN, 'user-1'))
      expectError(error, 'CREDENTIAL_REJECTED')
      expect(error.suggestions).to.deep.equal([{command: 'auth:login', to: 'to log in again'}])
    })

    it('given another refusal that repeats the token, blots it out', async () => {
      await start({token: () => ({status: 400, body: {error: 'x', error_description: 'bad refresh-token-s3cret'}})})
      const error = await rejection(client.refresh(REFRESH_TOKEN, 'user-1'))
      expectError(error, 'LOGIN_FAILED', /refused: x \(bad \[redacted\]\)/)
    })

    for (const [what, answer, code] of [
      ['a reset', {reset: true}, 'NETWORK_ERROR'],
      ['502', {status: 502}, 'SERVER_ERROR'],
      ['HTML', {headers: {'content-type': 'text/html'}, body: '<p>'}, 'SERVER_ERROR'],
    ] as const) {
      it(`given ${what}, fails after one request: the caller knows whether to ask again`, async () => {
        await start({token: () => answer})
        expectError(await rejection(client.refresh(REFRESH_TOKEN, 'user-1')), code)
        expect(provider.count('POST /as/token')).to.equal(1)
      })
    }
  })

  describe('revoking', () => {
    it('sends the token and its kind', async () => {
      await start()
      expect(await client.revoke(REFRESH_TOKEN)).to.equal(true)
      expect(Object.fromEntries(provider.asked.at(-1)!.form)).to.deep.equal({
        client_id: 'cli',
        token: 'refresh-token-s3cret',
        token_type_hint: 'refresh_token',
      })
    })

    for (const [what, script] of Object.entries({
      'an endpoint that fails': {revoke: () => ({status: 500})},
      'an endpoint that refuses': {revoke: () => ({status: 400, body: {error: 'unsupported_token_type'}})},
      'an endpoint that answers 200 with an error': {revoke: () => ({body: {error: 'invalid_client'}})},
      'a reset': {revoke: () => ({reset: true})},
      'no endpoint': {discovery: ({revocation_endpoint: _, ...metadata}) => ({body: metadata})},
    } satisfies Record<string, Script>)) {
      it(`given ${what}, is false (login case 99)`, async () => {
        await start(script)
        expect(await client.revoke(REFRESH_TOKEN)).to.equal(false)
      })
    }

    it('given an endpoint that says nothing, is false in time', async () => {
      await start({revoke: () => ({hang: true})})
      const started = performance.now()
      expect(await client.revoke(REFRESH_TOKEN, {timeout: 50})).to.equal(false)
      expect(performance.now() - started).to.be.lessThan(1000)
    })

    it('works after the login was cancelled', async () => {
      const controller = new AbortController()
      await start({}, controller.signal)
      controller.abort()
      expect(await client.revoke(REFRESH_TOKEN)).to.equal(true)
    })

    it('rejects with the reason of its own signal', async () => {
      await start({revoke: () => ({hang: true})})
      const reason = new Error('stop')
      const controller = new AbortController()
      setTimeout(() => controller.abort(reason), 20)
      expect(await rejection(client.revoke(REFRESH_TOKEN, {signal: controller.signal}))).to.equal(reason)
    })
  })

  describe('looking for the e-mail', () => {
    const tokens = (email?: string): Tokens => ({
      accessToken: new Secret('access-token-s3cret'),
      identity: {subject: 'user-1', ...(email && {email})},
    })

    it('takes that of the ID token and asks nobody', async () => {
      await start()
      expect(await client.fetchEmail(tokens('dev@example.com'))).to.equal('dev@example.com')
      expect(provider.count('GET /as/me')).to.equal(0)
    })

    it('else asks userinfo', async () => {
      await start()
      expect(await client.fetchEmail(tokens())).to.equal('info@example.com')
      expect(provider.asked.at(-1)!.headers.authorization).to.equal('Bearer access-token-s3cret')
    })

    for (const [what, script] of Object.entries({
      'userinfo about somebody else': {userinfo: (claims) => ({body: {...claims, sub: 'user-2'}})},
      'userinfo without an e-mail': {userinfo: ({sub}) => ({body: {sub}})},
      'an e-mail that paints': {userinfo: (claims) => ({body: {...claims, email: '\u001B[2Ja@example.com'}})},
      'a refusal': {userinfo: () => ({status: 401, headers: {'www-authenticate': 'Bearer error="invalid_token"'}})},
      'a server error': {userinfo: () => ({status: 500})},
      HTML: {userinfo: () => ({headers: {'content-type': 'text/html'}, body: '<p>'})},
      'no endpoint': {discovery: ({userinfo_endpoint: _, ...metadata}) => ({body: metadata})},
    } satisfies Record<string, Script>)) {
      it(`given ${what}, has none`, async () => {
        await start(script)
        expect(await client.fetchEmail(tokens())).to.equal(undefined)
      })
    }
  })

  describe('cancelling', () => {
    const SOON = 200
    /** A reason that looks like an error of ours and one of the network's at once: it must come through untouched. */
    const reason = Object.assign(new Error('cancelled'), {code: 'CANCELLED'})

    /** Aborts once the provider was asked for the path (or after a moment), and measures until the rejection. */
    async function cancel(script: Script, act: (client: OidcClient) => Promise<unknown>, path?: string): Promise<void> {
      const controller = new AbortController()
      await start(script, controller.signal)
      const promise = rejection(act(client))
      if (path) await untilAsked(path)
      await pause(20)
      const started = performance.now()
      controller.abort(reason)
      expect(await promise).to.equal(reason)
      expect(performance.now() - started).to.be.lessThan(SOON)
    }

    async function untilAsked(path: string): Promise<void> {
      for (let tries = 0; !provider.asked.some((asked) => asked.path === path); tries++) {
        expect(tries, `nobody asked for ${path}`).to.be.lessThan(500)
        await pause(5)
      }
    }

    const poll = async (client: OidcClient): Promise<unknown> =>
      client.pollDeviceToken(await client.requestDeviceAuthorization(), {wait: async () => {}})

    it('while waiting for the next poll, rejects at once with the reason (login case 14)', () =>
      cancel({device: (answer) => ({body: {...answer, interval: 30}})}, async (client) =>
        client.pollDeviceToken(await client.requestDeviceAuthorization()),
      ))

    it('while a poll hangs, rejects at once with the reason and hangs up (login case 15)', async () => {
      await cancel({token: () => ({hang: true})}, poll, '/as/token')
      for (let tries = 0; !provider.asked.at(-1)!.hungUp; tries++) {
        expect(tries, 'the connection stays open').to.be.lessThan(500)
        await pause(5)
      }
    })

    it('while a poll drips, rejects at once with the reason', () =>
      cancel({tamper: (body) => ({body, drip: 30})}, poll, '/as/token'))

    it('while the device authorization hangs, rejects at once with the reason', () =>
      cancel({device: () => ({hang: true})}, (client) => client.requestDeviceAuthorization(), '/as/device'))

    it('while a refresh hangs, rejects at once with the reason', () =>
      cancel({token: () => ({hang: true})}, (client) => client.refresh(REFRESH_TOKEN, 'user-1'), '/as/token'))

    it('while userinfo hangs, rejects at once with the reason', () =>
      cancel(
        {userinfo: () => ({hang: true})},
        (client) => client.fetchEmail({accessToken: new Secret('access-token-s3cret'), identity: {subject: 'user-1'}}),
        '/as/me',
      ))

    it('before anything was asked, asks nothing', async () => {
      provider = await startHostileProvider()
      expect(await rejection(provider.connect({signal: AbortSignal.abort(reason)}))).to.equal(reason)
      expect(provider.calls).to.deep.equal([])
    })

    it('between the issuing and the checking of tokens, revokes them first', async () => {
      await cancel({jwks: () => ({hang: true})}, poll, '/as/jwks')
      expect(provider.asked.at(-1)!.path).to.equal('/as/revoke')
      expect(provider.asked.at(-1)!.form.get('token')).to.equal('refresh-token-s3cret')
    })

    it('given a signal of the method, heeds that one', async () => {
      const controller = new AbortController()
      await start({token: () => ({status: 400, body: {error: 'authorization_pending'}})})
      const {wait} = createFakeTime()
      const promise = rejection(
        client.pollDeviceToken(await client.requestDeviceAuthorization(), {
          wait,
          signal: controller.signal,
          onEvent: () => controller.abort(reason),
        }),
      )
      expect(await promise).to.equal(reason)
    })
  })
})
