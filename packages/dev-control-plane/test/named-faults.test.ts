import {performance} from 'node:perf_hooks'

import {expect} from 'chai'

import {namedFaults, startDevControlPlane, type DevControlPlane, type FaultName} from '../src/index.js'
import {call, type Reply} from './call.js'
import {errorOf, logIn} from './oidc-client.js'

const VERSION = '/api/v1beta1/deployments-public/version'
const ME = '/api/v1/auth/me'
const KEYS = '/api/v1/api-keys'
const DISCOVERY = '/api/v1/auth/oidc/discovery'
const PROVIDER = '/oidc/.well-known/openid-configuration'

describe('a named fault', () => {
  let controlPlane: DevControlPlane
  let bearer: string

  beforeEach(async () => {
    controlPlane = await startDevControlPlane({algorithm: 'ES256'})
    bearer = controlPlane.seed.api_keys[0]!.secret
  })
  afterEach(() => controlPlane.close())

  const get = (path: string): Promise<Reply> => call(controlPlane.url, path, {bearer})
  const statusOf = async (path: string): Promise<number> => (await get(path)).status
  const mint = (): Promise<Reply> => call(controlPlane.url, KEYS, {method: 'POST', bearer, json: {name: 'minted'}})
  const failure = (request: Promise<unknown>): Promise<string> =>
    request.then(
      () => 'no failure',
      ({message}: Error) => message,
    )
  const logInEndsWith = (error: string) => async () => expect(await errorOf(logIn(controlPlane))).to.equal(error)

  const effects: Record<FaultName, () => Promise<unknown>> = {
    async slow() {
      controlPlane.faults.turnOn('slow', {value: 60})
      for (const path of [VERSION, PROVIDER]) {
        const start = performance.now()
        expect(await statusOf(path)).to.equal(200)
        expect(performance.now() - start).to.be.greaterThan(55)
      }
    },
    dropped: async () => expect(await failure(get(VERSION))).to.equal('fetch failed'),
    truncated: async () => expect(await failure(get(VERSION))).to.equal('terminated'),
    async 'captive-portal'() {
      const response = await fetch(controlPlane.url + VERSION)
      expect([response.status, response.headers.get('content-type')]).to.deep.equal([200, 'text/html'])
    },
    async unavailable() {
      const {status, headers} = await get(ME)
      expect([status, headers.get('retry-after'), await statusOf(PROVIDER)]).to.deep.equal([503, '1', 200])
    },
    async 'rate-limited'() {
      const {status, headers} = await get(ME)
      expect([status, headers.get('retry-after')]).to.deep.equal([429, '1'])
    },
    async 'credentials-refused'() {
      const list = '/api/v1beta1/deployments/list-projects'
      const organizations = '/api/v1beta1/deployments/organizations'
      for (const path of [ME, KEYS, `${KEYS}/x`, list, organizations, '/api/v1/projects']) {
        expect(await statusOf(path), path).to.equal(401)
      }

      for (const path of [VERSION, DISCOVERY]) expect(await statusOf(path), path).to.equal(200)
    },
    async 'key-lost'() {
      expect(await failure(mint())).to.equal('fetch failed')
      expect(controlPlane.apiKeys().filter(({name}) => name === 'minted')).to.have.lengthOf(1)
    },
    async 'key-not-deleted'() {
      const {id} = (await mint()).body
      expect((await call(controlPlane.url, `${KEYS}/${id}`, {method: 'DELETE', bearer})).status).to.equal(500)
      expect(controlPlane.apiKeys().map((key) => key.id)).to.include(id)
    },
    'no-browser-login': async () => expect(await statusOf(DISCOVERY)).to.equal(404),
    'provider-unavailable': async () =>
      expect([await statusOf(PROVIDER), await statusOf(VERSION)]).to.deep.equal([503, 200]),
    'slow-down': logInEndsWith('slow_down'),
    'login-denied': logInEndsWith('access_denied'),
    'code-expired': logInEndsWith('expired_token'),
    'refresh-refused': logInEndsWith('invalid_grant'),
    'signing-key-unpublished': async () => expect(await failure(logIn(controlPlane))).not.to.equal('no failure'),
  }

  for (const {name, sentence} of namedFaults) {
    it(`${name}: ${sentence}`, async () => {
      controlPlane.faults.turnOn(name)
      await effects[name]()
      controlPlane.faults.turnOff(name)
      expect(await failure(logIn(controlPlane))).to.equal('no failure')
      expect(await statusOf(ME)).to.equal(200)
    })
  }

  it('can be on from the start', async () => {
    await using other = await startDevControlPlane({algorithm: 'ES256', faults: ['unavailable', 'slow-down']})
    expect((await call(other.url, VERSION)).status).to.equal(503)
    other.faults.clear()
    expect((await call(other.url, VERSION)).status).to.equal(200)
  })

  it('has to be one that there is, with a number that can be', async () => {
    expect(await failure(startDevControlPlane({faults: ['unheard-of' as FaultName]}))).to.include(
      "There is no fault 'unheard-of', only slow, dropped",
    )
    const {faults} = controlPlane
    expect(() => faults.turnOn('dropped', {value: 1})).to.throw('dropped takes no value')
    expect(() => faults.turnOn('slow', {value: 0.5})).to.throw('value has to be a whole number from 0 to 120000')
    expect(() => faults.turnOn('slow', {times: 0})).to.throw('times has to be a whole number from 1')
  })
})
