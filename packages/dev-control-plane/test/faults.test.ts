import {performance} from 'node:perf_hooks'

import {expect} from 'chai'

import {startDevControlPlane, type DevControlPlane} from '../src/index.js'
import {call} from './call.js'
import {errorOf, logIn} from './oidc-client.js'

const VERSION = '/api/v1beta1/deployments-public/version'
const KEYS = '/api/v1/api-keys'

describe('faults', () => {
  let controlPlane: DevControlPlane
  let bearer: string
  const version = (): ReturnType<typeof call> => call(controlPlane.url, VERSION)
  const mint = (): ReturnType<typeof call> =>
    call(controlPlane.url, KEYS, {method: 'POST', bearer, json: {name: 'minted'}})
  const minted = (): number => controlPlane.apiKeys().filter(({name}) => name === 'minted').length
  const failure = (request: Promise<unknown>): Promise<string> =>
    request.then(
      () => 'no failure',
      (error: Error) => error.message,
    )

  beforeEach(async () => {
    controlPlane = await startDevControlPlane({algorithm: 'ES256'})
    bearer = controlPlane.seed.api_keys[0]!.secret
  })
  afterEach(() => controlPlane.close())

  it('replace one answer, and then it is over', async () => {
    const fault = controlPlane.faults.add({
      path: VERSION,
      status: 503,
      body: {detail: 'no'},
      headers: {'retry-after': '1'},
    })
    const {status, body, headers} = await version()
    expect([status, body, headers.get('retry-after')]).to.deep.equal([503, {detail: 'no'}, '1'])
    expect(headers.get('content-type')).to.equal('application/json')
    expect(headers.get('x-request-id')).to.be.a('string')
    expect((await version()).status).to.equal(200)
    expect(fault.hits).to.equal(1)
    expect(controlPlane.requests.map((request) => request.status)).to.deep.equal([503, 200])
  })

  it('can be an answer that is not JSON, as a captive portal gives', async () => {
    controlPlane.faults.add({path: VERSION, body: '<html>', headers: {'content-type': 'text/html'}})
    const response = await fetch(controlPlane.url + VERSION)
    expect([response.status, await response.text()]).to.deep.equal([200, '<html>'])
    expect(response.headers.get('content-type')).to.equal('text/html')
  })

  it('match by method, by pattern, and as often as asked', async () => {
    const posts = controlPlane.faults.add({method: 'post', path: VERSION, status: 500})
    const all = controlPlane.faults.add({path: /version$/g, status: 418, times: Infinity, body: '{}'})
    expect([(await version()).status, (await version()).status, (await version()).status]).to.deep.equal([
      418, 418, 418,
    ])
    expect([posts.hits, all.hits]).to.deep.equal([0, 3])
    all.remove()
    expect((await version()).status).to.equal(200)
  })

  it('are taken in the order they were added, and cleared at once', async () => {
    for (const status of [500, 502, 503]) controlPlane.faults.add({path: VERSION, status})
    expect([(await version()).status, (await version()).status]).to.deep.equal([500, 502])
    controlPlane.faults.clear()
    expect((await version()).status).to.equal(200)
  })

  it('drop the connection before the server did anything', async () => {
    controlPlane.faults.add({method: 'POST', path: KEYS, drop: true})
    expect(await failure(mint())).to.equal('fetch failed')
    expect(minted()).to.equal(0)
    expect(controlPlane.requests.at(-1)).to.include({bearer: 'api-key', status: null})
  })

  it('drop the connection after the server did it', async () => {
    controlPlane.faults.add({method: 'POST', path: KEYS, drop: true, after: true})
    expect(await failure(mint())).to.equal('fetch failed')
    expect(minted()).to.equal(1)
  })

  it('give another answer after the server did it', async () => {
    controlPlane.faults.add({method: 'POST', path: KEYS, status: 500, body: {detail: 'oops'}, after: true})
    expect((await mint()).status).to.equal(500)
    expect(minted()).to.equal(1)
  })

  it('truncate the real answer', async () => {
    controlPlane.faults.add({path: VERSION, truncate: true})
    const response = await fetch(controlPlane.url + VERSION)
    expect(response.status).to.equal(200)
    expect(await failure(response.text())).to.equal('terminated')
  })

  it('delay the real answer, before or after the server did it', async () => {
    for (const after of [false, true]) {
      controlPlane.faults.add({path: VERSION, delay: 60, after})
      const start = performance.now()
      expect((await version()).body.requires_auth).to.equal(true)
      expect(performance.now() - start).to.be.greaterThan(55)
    }
  })

  it('leave the connection whole where they send a whole answer', async () => {
    controlPlane.faults.add({path: '/', delay: 1, after: true})
    controlPlane.faults.add({path: '/oidc/device', delay: 1, after: true})
    const home = await fetch(controlPlane.url)
    expect([home.status, await home.text()]).to.deep.equal([200, await (await fetch(controlPlane.url)).text()])
    const device = await fetch(`${controlPlane.issuer}/device`)
    expect(device.headers.getSetCookie()).to.have.length.greaterThan(1)
    expect(await device.text()).to.match(/<\/html>$/)
    expect((await version()).status).to.equal(200)
  })

  it('reach the OpenID provider too', async () => {
    const fault = controlPlane.faults.add({method: 'POST', path: '/oidc/token', after: true, truncate: true})
    expect(await failure(logIn(controlPlane))).not.to.equal('no failure')
    expect(fault.hits).to.equal(1)
    expect(await failure(logIn(controlPlane))).to.equal('no failure')
  })

  it('are slow_down, and the keys of another provider, where they answer so', async () => {
    controlPlane.faults.add({method: 'POST', path: '/oidc/token', status: 400, body: {error: 'slow_down'}})
    expect(await errorOf(logIn(controlPlane))).to.equal('slow_down')

    await using other = await startDevControlPlane({algorithm: 'ES256'})
    const {body} = await call(other.issuer!, '/jwks')
    const rotated = controlPlane.faults.add({path: '/oidc/jwks', body, times: Infinity})
    expect(await failure(logIn(controlPlane))).not.to.equal('no failure')
    expect(rotated.hits).to.be.greaterThan(0)
    rotated.remove()
    expect(await failure(logIn(controlPlane))).to.equal('no failure')
  })

  it('only count where they have no effect', async () => {
    const watch = controlPlane.faults.add({path: VERSION, times: 2})
    expect((await version()).status).to.equal(200)
    expect(watch.hits).to.equal(1)
  })

  it('do not hold up closing', async () => {
    controlPlane.faults.add({path: VERSION, delay: 60_000})
    const hanging = failure(version())
    while (controlPlane.requests.length === 0) await new Promise(setImmediate)
    await controlPlane.close()
    expect(await hanging).to.equal('fetch failed')
    await controlPlane.close()
  })
})
