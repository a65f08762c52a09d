import {setTimeout as wait} from 'node:timers/promises'

import {expect} from 'chai'
import * as oidc from 'openid-client'

import {createScriptedBrowser, startDevControlPlane, type DevControlPlane} from '../src/index.js'
import {discover, errorOf, logIn, poll, SCOPE} from './oidc-client.js'

describe('device flow', () => {
  let controlPlane: DevControlPlane
  let config: oidc.Configuration
  const begin = (): Promise<oidc.DeviceAuthorizationResponse> =>
    oidc.initiateDeviceAuthorization(config, {scope: SCOPE})

  before(async () => {
    controlPlane = await startDevControlPlane({algorithm: 'ES256', interval: 0.2})
    config = await discover(controlPlane)
  })
  after(() => controlPlane.close())

  it('says how to go on, with an interval', async () => {
    const authorization = await begin()
    expect(authorization).to.include({
      verification_uri: `${controlPlane.issuer}/device`,
      verification_uri_complete: `${controlPlane.issuer}/device?user_code=${authorization.user_code}`,
      expires_in: 600,
      interval: 0.2,
    })
    expect(authorization.user_code).to.match(/^[B-Z]{4}-[B-Z]{4}$/)
  })

  it('gives tokens to a client that polls while the person approves', async () => {
    const authorization = await begin()
    const tokens = oidc.pollDeviceAuthorizationGrant(config, authorization)
    expect(await controlPlane.approve(authorization, {user: 'grace@example.com'})).to.deep.equal({outcome: 'allowed'})
    const {access_token, refresh_token, token_type, expires_in} = await tokens
    expect(access_token).to.be.a('string')
    expect(refresh_token).to.be.a('string')
    expect([token_type, expires_in]).to.deep.equal(['bearer', 300])
    expect((await tokens).claims()).to.include({
      sub: 'user-grace',
      email: 'grace@example.com',
      email_verified: true,
      name: 'Grace Hopper',
    })
  })

  it('can be approved by link, by code, and by a code typed in lower case', async () => {
    for (const target of [
      (one: oidc.DeviceAuthorizationResponse) => one.verification_uri_complete!,
      (one: oidc.DeviceAuthorizationResponse) => one.user_code,
      (one: oidc.DeviceAuthorizationResponse) => one.user_code.toLowerCase().replace('-', ' '),
    ]) {
      const authorization = await begin()
      await controlPlane.approve(target(authorization))
      expect((await poll(config, authorization)).claims()?.sub).to.equal('user-ada')
    }
  })

  it('lets the person type a password', async () => {
    const authorization = await begin()
    await controlPlane.approve(authorization, {user: 'linus@example.com', password: 'linus'})
    expect((await poll(config, authorization)).claims()?.sub).to.equal('user-linus')
  })

  it('does not let in a wrong password', async () => {
    const authorization = await begin()
    const refusal = await errorOf(controlPlane.approve(authorization, {user: 'ada@example.com', password: 'wrong'}))
    expect(refusal).to.include('HTTP 401').and.to.include('Wrong e-mail or password.')
    expect(await errorOf(poll(config, authorization))).to.equal('authorization_pending')
  })

  for (const [decision, outcome] of [
    ['deny', 'denied'],
    ['cancel', 'cancelled'],
  ] as const) {
    it(`tells the client when the person decides to ${decision}`, async () => {
      const authorization = await begin()
      expect(await controlPlane.approve(authorization, {decision})).to.deep.equal({outcome})
      expect(await errorOf(poll(config, authorization))).to.equal('access_denied')
    })
  }

  it('asks nobody to sign in twice in one browser, and lets them change the account (login case 5)', async () => {
    const browser = createScriptedBrowser()
    await browser.approve(await begin(), {user: 'ada@example.com'})
    const second = await begin()
    await browser.approve(second, {user: 'grace@example.com'})
    expect((await poll(config, second)).claims()?.sub).to.equal('user-ada')

    const third = await begin()
    const confirmation = await browser.submit(await browser.open(third.verification_uri_complete!))
    const consent = await browser.submit(confirmation)
    expect(consent.name).to.equal('consent')
    expect(consent.markup).to.include('ada@example.com')
    const signIn = await browser.open(`${consent.url}?as=another`)
    const forward = await browser.submit(signIn, {account: 'grace@example.com'})
    const end = await browser.signIn(await browser.submit(forward), {user: 'grace@example.com'})
    expect(end.name).to.equal('success')
    expect((await poll(config, third)).claims()?.sub).to.equal('user-grace')
  })

  it('answers slow_down to a client that polls too fast, and wants 5 seconds more from then on', async () => {
    await using slow = await startDevControlPlane({algorithm: 'ES256', interval: 1})
    const client = await discover(slow)
    const authorization = await oidc.initiateDeviceAuthorization(client, {scope: SCOPE})
    expect(await errorOf(poll(client, authorization))).to.equal('authorization_pending')
    expect(await errorOf(poll(client, authorization))).to.equal('slow_down')
    await wait(1000)
    expect(await errorOf(poll(client, authorization))).to.equal('slow_down')
    await slow.approve(authorization)
    expect((await poll(client, authorization)).access_token).to.be.a('string')
  })

  it('lets a patient client poll', async () => {
    const authorization = await begin()
    expect(await errorOf(poll(config, authorization))).to.equal('authorization_pending')
    await wait(200)
    expect(await errorOf(poll(config, authorization))).to.equal('authorization_pending')
  })

  it('gives the tokens once (login case 101)', async () => {
    const authorization = await begin()
    await controlPlane.approve(authorization)
    expect(await errorOf(controlPlane.approve(authorization))).to.include('That code has been used')
    await poll(config, authorization)
    expect(await errorOf(poll(config, authorization))).to.equal('invalid_grant')
    expect(await errorOf(controlPlane.approve(authorization))).to.include('There is no such code')
  })

  it('refuses a code nobody was given', async () => {
    expect(await errorOf(controlPlane.approve('BBBB-BBBB'))).to.include('There is no such code')
  })

  it('knows expired codes, for the client and for the person (login case 101)', async () => {
    await using shortLived = await startDevControlPlane({algorithm: 'ES256', deviceCodeLifetime: 1})
    const client = await discover(shortLived)
    const authorization = await oidc.initiateDeviceAuthorization(client, {scope: SCOPE})
    expect(authorization.expires_in).to.equal(1)
    await wait(1100)
    expect(await errorOf(poll(client, authorization))).to.equal('expired_token')
    expect(await errorOf(shortLived.approve(authorization))).to.include('That code has expired')
  })

  it('notices a confirmation page that shows another code', async () => {
    const [mine, other] = [await begin(), await begin()]
    const mixedUp = {...mine, verification_uri_complete: other.verification_uri_complete!}
    expect(await errorOf(controlPlane.approve(mixedUp))).to.include(`the code ${mine.user_code}`)
  })

  it('gives no refresh token to a client that does not ask for offline_access', async () => {
    const authorization = await oidc.initiateDeviceAuthorization(config, {scope: 'openid'})
    await controlPlane.approve(authorization)
    expect(await poll(config, authorization)).not.to.have.property('refresh_token')
  })

  it('runs several servers at once without mixing them up', async () => {
    await using other = await startDevControlPlane({algorithm: 'ES256'})
    const {access_token} = await logIn(other)
    const projects = '/api/v1beta1/deployments/list-projects'
    const headers = {authorization: `Bearer ${access_token}`}
    expect((await fetch(other.url + projects, {headers})).status).to.equal(200)
    expect((await fetch(controlPlane.url + projects, {headers})).status).to.equal(401)
  })
})
