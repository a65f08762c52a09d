import {setTimeout as wait} from 'node:timers/promises'

import {expect} from 'chai'
import {createRemoteJWKSet, decodeProtectedHeader, jwtVerify} from 'jose'
import * as oidc from 'openid-client'

import {createScriptedBrowser, startDevControlPlane, type DevControlPlane} from '../src/index.js'
import {call} from './call.js'
import {discover, errorOf, logIn, poll, SCOPE} from './oidc-client.js'

const ME = '/api/v1/auth/me'

describe('tokens', () => {
  let controlPlane: DevControlPlane
  let config: oidc.Configuration

  before(async () => {
    controlPlane = await startDevControlPlane({algorithm: 'ES256'})
    config = await discover(controlPlane)
  })
  after(() => controlPlane.close())

  for (const algorithm of ['RS256', 'ES256', 'EdDSA'] as const) {
    it(`are signed with ${algorithm} when asked to`, async () => {
      await using one = await startDevControlPlane({algorithm})
      const {id_token, access_token} = await logIn(one)
      const keys = createRemoteJWKSet(new URL(`${one.issuer}/jwks`))
      const {payload} = await jwtVerify(id_token!, keys, {
        algorithms: [algorithm],
        issuer: one.issuer!,
        audience: one.clientId,
      })
      expect(payload.sub).to.equal('user-ada')
      expect(decodeProtectedHeader(access_token)).to.include({alg: algorithm, typ: 'at+jwt'})
      expect((await call(one.url, ME, {bearer: access_token})).status).to.equal(200)

      const {body} = await call(one.issuer!, '/jwks')
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(body.keys[0]).not.to.have.property(secret)
    })
  }

  it('can be opaque', async () => {
    await using one = await startDevControlPlane({algorithm: 'ES256', accessTokenFormat: 'opaque'})
    const {access_token} = await logIn(one, 'grace@example.com')
    expect(access_token).not.to.include('.')
    expect((await call(one.url, ME, {bearer: access_token})).body.id).to.equal('user-grace')
    const info = await oidc.fetchUserInfo(await discover(one), access_token, 'user-grace')
    expect(info.email).to.equal('grace@example.com')
  })

  it('end with their lifetime', async () => {
    const lived = {algorithm: 'ES256', accessTokenLifetime: 1} as const
    await using jwt = await startDevControlPlane({...lived, accessTokenFormat: 'jwt'})
    await using opaque = await startDevControlPlane({...lived, accessTokenFormat: 'opaque'})
    const logins = await Promise.all([jwt, opaque].map(async (one) => ({one, tokens: await logIn(one)})))
    await wait(1100)
    for (const {one, tokens} of logins) {
      expect(tokens.expires_in).to.equal(1)
      expect((await call(one.url, ME, {bearer: tokens.access_token})).status).to.equal(401)
    }
  })

  it('are refreshed with rotation, and a rotated refresh token kills its family', async () => {
    const first = await logIn(controlPlane)
    const second = await oidc.refreshTokenGrant(config, first.refresh_token!)
    expect(second.refresh_token).to.be.a('string').and.not.to.equal(first.refresh_token)
    expect((await call(controlPlane.url, ME, {bearer: second.access_token})).status).to.equal(200)
    expect(await errorOf(oidc.refreshTokenGrant(config, first.refresh_token!))).to.equal('invalid_grant')
    expect(await errorOf(oidc.refreshTokenGrant(config, second.refresh_token!))).to.equal('invalid_grant')
  })

  it('are revoked by their refresh token', async () => {
    const {refresh_token} = await logIn(controlPlane)
    await oidc.tokenRevocation(config, refresh_token!, {token_type_hint: 'refresh_token'})
    expect(await errorOf(oidc.refreshTokenGrant(config, refresh_token!))).to.equal('invalid_grant')
  })

  it('are signed with another key after a rotation: the old ones are refused, and a refresh gives new ones', async () => {
    await using one = await startDevControlPlane({algorithm: 'ES256'})
    const {body: before} = await call(one.issuer!, '/jwks')
    const old = await logIn(one)
    await one.rotateKeys()
    expect((await call(one.url, ME, {bearer: old.access_token})).status).to.equal(401)
    const {body: after} = await call(one.issuer!, '/jwks')
    expect([after.keys.length, after.keys[0].kid === before.keys[0].kid]).to.deep.equal([1, false])

    const fresh = await oidc.refreshTokenGrant(await discover(one), old.refresh_token!)
    expect((await call(one.url, ME, {bearer: fresh.access_token})).status).to.equal(200)
    await jwtVerify(fresh.id_token!, createRemoteJWKSet(new URL(`${one.issuer}/jwks`)), {issuer: one.issuer!})
  })

  it('are given for a code that was shown before a rotation', async () => {
    await using one = await startDevControlPlane({algorithm: 'ES256', interval: 0.1})
    const config = await discover(one)
    const authorization = await oidc.initiateDeviceAuthorization(config, {scope: SCOPE})
    expect(await errorOf(poll(config, authorization))).to.equal('authorization_pending')
    await one.rotateKeys()
    await one.approve(authorization)
    const {access_token} = await poll(await discover(one), authorization)
    expect((await call(one.url, ME, {bearer: access_token})).status).to.equal(200)
  })

  it('that are opaque outlive a rotation, and where there is no provider there is nothing to rotate', async () => {
    await using opaque = await startDevControlPlane({algorithm: 'ES256', accessTokenFormat: 'opaque'})
    const {access_token} = await logIn(opaque)
    await opaque.rotateKeys()
    expect((await call(opaque.url, ME, {bearer: access_token})).status).to.equal(200)
    await using without = await startDevControlPlane({browserLogin: false})
    expect(await errorOf(without.rotateKeys())).to.equal('This control plane has no browser login')
  })

  it('carry the e-mail where the option says', async () => {
    for (const [emailIn, inIdToken, inUserInfo, inMe] of [
      ['id_token', true, true, true],
      ['userinfo', false, true, true],
      ['nowhere', false, false, false],
    ] as const) {
      await using one = await startDevControlPlane({algorithm: 'ES256', emailIn})
      const tokens = await logIn(one)
      const info = await oidc.fetchUserInfo(await discover(one), tokens.access_token, 'user-ada')
      const me = await call(one.url, ME, {bearer: tokens.access_token})
      const found = [tokens.claims()?.['email'], info.email, me.body.email].map((email) => email === 'ada@example.com')
      expect(found, emailIn).to.deep.equal([inIdToken, inUserInfo, inMe])
    }
  })

  it('are needed for userinfo; an API key is none', async () => {
    for (const bearer of [undefined, 'nope', controlPlane.seed.api_keys[0]!.secret]) {
      expect((await call(controlPlane.issuer!, '/me', bearer === undefined ? {} : {bearer})).status).to.equal(401)
    }
  })

  it('are given for an authorization code with PKCE, on any loopback port', async () => {
    const verifier = oidc.randomPKCECodeVerifier()
    // Another server's 404 is page enough for the browser to end on: the client reads the URL alone.
    await using target = await startDevControlPlane({browserLogin: false})
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${target.url}/callback`,
      scope: SCOPE,
      prompt: 'consent',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'a-state',
    })
    const browser = createScriptedBrowser()
    const {url: callback} = await browser.signIn(await browser.open(url), {user: 'grace@example.com'})
    const tokens = await oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: 'a-state',
    })
    expect(tokens.claims()?.sub).to.equal('user-grace')
  })

  it('are given for no authorization code where the web login is off: the browser stays on an error page', async () => {
    for (const webLogin of [true, false]) {
      await using one = await startDevControlPlane({algorithm: 'ES256', webLogin})
      // Whoever answers there: it is the address that the browser is sent to.
      const url = oidc.buildAuthorizationUrl(await discover(one), {
        redirect_uri: `${one.url.replace(/:\d+$/, '')}:${new URL(controlPlane.url).port}/callback`,
        scope: SCOPE,
        code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      })
      const page = await one.approveRequest(url)
      expect(page.url.origin, String(webLogin)).to.equal(webLogin ? controlPlane.url : one.url)
      if (!webLogin) expect(page.status).to.equal(400)
    }
  })
})
