import {request} from 'node:http'

import {expect} from 'chai'
import * as oidc from 'openid-client'

import {namedFaults, startDevControlPlane, type DevControlPlane} from '../src/index.js'
import {call, type Reply} from './call.js'
import {discover, poll, SCOPE} from './oidc-client.js'

const VERSION = '/api/v1beta1/deployments-public/version'
const ME = '/api/v1/auth/me'
const JSON_TYPE = {'content-type': 'application/json'}

describe('the API below /dev', () => {
  let controlPlane: DevControlPlane
  let key: string

  beforeEach(async () => {
    controlPlane = await startDevControlPlane({algorithm: 'ES256', interval: 0.1})
    key = controlPlane.seed.api_keys[0]!.secret
  })
  afterEach(() => controlPlane.close())

  const me = (): Promise<Reply> => call(controlPlane.url, ME, {bearer: key})
  const state = async () => (await call(controlPlane.url, '/dev/state')).body

  async function send(
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = JSON_TYPE,
  ): Promise<{status: number; text: string; headers: Headers}> {
    const body = json === undefined ? {} : {body: typeof json === 'string' ? json : JSON.stringify(json)}
    const response = await fetch(controlPlane.url + path, {method, headers, ...body})
    return {status: response.status, text: await response.text(), headers: response.headers}
  }

  const begin = async (): Promise<[oidc.Configuration, oidc.DeviceAuthorizationResponse]> => {
    const config = await discover(controlPlane)
    return [config, await oidc.initiateDeviceAuthorization(config, {scope: SCOPE})]
  }

  describe('tells', () => {
    it('who there is and what they have, keys redacted and passwords not at all', async () => {
      const {url, users, organizations, projects, api_keys: keys, requires_auth: requiresAuth, issuer} = await state()
      expect([url, requiresAuth, issuer]).to.deep.equal([controlPlane.url, true, controlPlane.issuer])
      expect(users[0]).to.deep.equal({
        id: 'user-ada',
        email: 'ada@example.com',
        name: 'Ada Lovelace',
        organizations: ['org-engines', 'org-compilers'],
      })
      expect([organizations, projects]).to.deep.equal([controlPlane.seed.organizations, controlPlane.seed.projects])
      expect(keys[0]).to.include({
        name: 'dev key',
        user: 'ada@example.com',
        redacted: 'llx-de****4da1',
        expires_at: null,
      })
      expect(Date.parse(keys[0].created_at)).to.be.closeTo(Date.now(), 60_000)
    })

    it('which logins wait, until a person has decided or a client has the tokens', async () => {
      const [config, authorization] = await begin()
      const {user_code, verification_uri_complete: link} = authorization
      const [code] = (await state()).device_codes
      expect(code).to.include({user_code, link, client_id: 'llamactl-cli'})
      expect(Date.parse(code.expires_at)).to.be.closeTo(Date.now() + 600_000, 60_000)
      await controlPlane.approve(authorization)
      expect((await state()).device_codes).to.deep.equal([])
      await poll(config, authorization)
      const [, denied] = await begin()
      await controlPlane.approve(denied, {decision: 'deny'})
      expect((await state()).device_codes).to.deep.equal([])
    })

    it('what was asked, the newest first, with the names of parameters and no value', async () => {
      await me()
      await call(controlPlane.url, `${VERSION}?api_key=${key}&page=2`)
      const {requests} = await state()
      expect(requests).to.have.lengthOf(2)
      expect(requests[0]).to.deep.include({number: 2, method: 'GET', path: VERSION, parameters: ['api_key', 'page']})
      expect(requests[1]).to.deep.include({number: 1, path: ME, parameters: [], bearer: 'api-key', status: 200})
      expect(requests[1].ms).to.be.a('number')
      expect(Date.parse(requests[1].at)).to.be.closeTo(Date.now(), 60_000)
    })

    it('at most 50 requests, and none of those that ask for this', async () => {
      for (let count = 0; count < 60; count++) await call(controlPlane.url, VERSION)
      const {requests} = await state()
      expect([requests.length, requests[0].number]).to.deep.equal([50, 60])
      expect(controlPlane.requests).to.have.lengthOf(60)
    })

    it('no secret, wherever a client put one', async () => {
      const [config, authorization] = await begin()
      await controlPlane.approve(authorization)
      const {access_token, refresh_token, id_token} = await poll(config, authorization)
      const {body} = await call(controlPlane.url, '/api/v1/api-keys', {
        method: 'POST',
        bearer: access_token,
        json: {name: 'mine'},
      })
      await call(controlPlane.url, `/api/v1/api-keys/${key}?${key}=1&token=${access_token}`, {bearer: key})
      await using short = await startDevControlPlane({
        seed: {users: [{email: 'a@b.c', password: 'canary'}], api_keys: [{user: 'a@b.c', secret: 'llx-short-key'}]},
      })
      const said: string[] = []
      for (const base of [controlPlane.url, short.url]) {
        for (const path of ['/', '/dev/state', '/dev/faults']) said.push(await (await fetch(base + path)).text())
        said.push(await firstEvent(base))
      }

      for (const secret of [
        ...controlPlane.seed.api_keys.map(({secret}) => secret),
        ...[access_token, refresh_token!, id_token!, authorization.device_code, body.redacted_api_key as string],
        ...['llx-short-key', 'short-key', 'canary'],
      ]) {
        expect(said.join(), secret).not.to.include(secret)
      }
    })
  })

  describe('switches faults', () => {
    for (const {name} of namedFaults) {
      it(`on and off again: ${name}`, async () => {
        const on = await send('PUT', `/dev/faults/${name}`, {})
        expect(on.status).to.equal(200)
        expect(JSON.parse(on.text)).to.include({name, on: true, hits: 0, times: null})
        const others = (await state()).faults.filter((one: {on: boolean}) => one.on)
        expect(others).to.have.lengthOf(1)
        expect((await send('DELETE', `/dev/faults/${name}`)).status).to.equal(204)
        expect((await state()).faults.some((one: {on: boolean}) => one.on)).to.equal(false)
      })
    }

    it('for as many requests as asked, and counts them', async () => {
      await send('PUT', '/dev/faults/unavailable', {times: 2, value: 7})
      const refused = await me()
      expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '7'])
      expect([(await me()).status, (await me()).status]).to.deep.equal([503, 200])
      const fault = (await state()).faults.find((one: {name: string}) => one.name === 'unavailable')
      expect(fault).to.include({on: false, hits: 2, times: 2, value: 7})
    })

    it('that it is told, by a path or a pattern, and removes one or all', async () => {
      const made = await send('POST', '/dev/faults', {pattern: 'auth/me$', status: 418, body: {no: 'tea'}, times: null})
      const {id, ...rest} = JSON.parse(made.text)
      expect(made.status).to.equal(201)
      expect(rest).to.deep.equal({method: null, path: '/auth\\/me$/', effect: 'status 418', hits: 0, times: null})
      const {status, body} = await me()
      expect([status, body]).to.deep.equal([418, {no: 'tea'}])
      expect((await state()).added_faults[0]).to.include({id, hits: 1})
      expect((await send('DELETE', `/dev/faults/${id}`)).status).to.equal(204)
      expect((await me()).status).to.equal(200)

      await send('POST', '/dev/faults', {method: 'GET', path: ME, status: 500, times: 3})
      await send('PUT', '/dev/faults/dropped', {})
      expect((await send('DELETE', '/dev/faults')).status).to.equal(204)
      expect((await me()).status).to.equal(200)
      expect((await state()).added_faults).to.deep.equal([])
    })

    it('also those of a test in this process, and a test sees what was switched here', async () => {
      const handle = controlPlane.faults.turnOn('credentials-refused', {times: 3})
      expect((await me()).status).to.equal(401)
      await send('DELETE', '/dev/faults/credentials-refused')
      expect([(await me()).status, handle.hits]).to.deep.equal([200, 1])
    })

    it('and is met by none itself', async () => {
      controlPlane.faults.add({path: /./, times: Infinity, drop: true})
      expect((await send('DELETE', '/dev/faults')).status).to.equal(204)
      expect((await me()).status).to.equal(200)
    })

    for (const [path, body, detail] of [
      ['/dev/faults/slow', {value: -1}, 'value is not a whole number from 0 to'],
      ['/dev/faults/slow', {value: 1e9}, 'value has to be a whole number from 0 to 120000'],
      ['/dev/faults/slow', {times: 0}, 'times is not a whole number from 1'],
      ['/dev/faults/dropped', {value: 1}, 'dropped takes no value'],
      ['/dev/faults/slow', {delay: 1}, 'delay is not a field of a switch'],
      ['/dev/faults/slow', [], 'the switch is not an object'],
      ['/dev/faults/slow', 'no json', 'The body is not JSON'],
      ['/dev/faults', {}, 'path is missing'],
      ['/dev/faults', {path: '/x', status: 99}, 'status is not a whole number from 200 to 599'],
      ['/dev/faults', {path: '/x', drop: 'yes'}, 'drop is not true or false'],
      ['/dev/faults', {path: '/x', headers: {a: 1}}, 'headers.a is not a string'],
      ['/dev/faults', {path: '/x', headers: {'a b': 'c'}}, 'headers cannot be sent'],
      ['/dev/faults', {pattern: '('}, 'pattern is not a regular expression'],
      ['/dev/faults', {path: '/x', pth: 1}, 'pth is not a field of a fault'],
    ] as const) {
      it(`unless that cannot be: ${typeof body === 'string' ? body : JSON.stringify(body)} at ${path}`, async () => {
        const {status, text} = await send(path === '/dev/faults' ? 'POST' : 'PUT', path, body)
        expect(status).to.equal(422)
        expect(JSON.parse(text).detail).to.include(detail)
      })
    }

    it('that there are, and answers 404 for others', async () => {
      expect((await send('PUT', '/dev/faults/unheard-of', {})).status).to.equal(404)
      expect((await send('DELETE', '/dev/faults/unheard-of')).status).to.equal(404)
      expect((await send('GET', '/dev/nothing')).status).to.equal(404)
    })
  })

  describe('approves a login for a client in another language', () => {
    it('as the person it names', async () => {
      const [config, authorization] = await begin()
      const {user_code} = authorization
      const {status, text} = await send('POST', '/dev/approvals', {user_code, user: 'grace@example.com'})
      expect([status, JSON.parse(text)]).to.deep.equal([200, {outcome: 'allowed'}])
      expect((await poll(config, authorization)).claims()?.['email']).to.equal('grace@example.com')
    })

    it('or denies it', async () => {
      const [, {user_code}] = await begin()
      const {text} = await send('POST', '/dev/approvals', {user_code, decision: 'deny'})
      expect(JSON.parse(text)).to.deep.equal({outcome: 'denied'})
    })

    it('and says why it cannot', async () => {
      expect((await send('POST', '/dev/approvals', {user_code: 'NONE-SUCH'})).text).to.include('There is no such code')
      const {status, text} = await send('POST', '/dev/approvals', {user_code: 'X', decision: 'perhaps'})
      expect([status, text]).to.deep.equal([422, '{"detail":"decision is not one of allow, deny, cancel"}'])
    })
  })

  describe('refuses', () => {
    const isUntouched = async (): Promise<void> => {
      expect((await state()).faults.some((one: {on: boolean}) => one.on)).to.equal(false)
      expect((await state()).added_faults).to.deep.equal([])
    }

    it('other sites, by Sec-Fetch-Site and by Origin, also to read', async () => {
      const {port} = new URL(controlPlane.url)
      const strange: Record<string, string>[] = [
        {'sec-fetch-site': 'cross-site'},
        {'sec-fetch-site': 'same-site'},
        {origin: 'https://evil.example'},
        {origin: 'null'},
        {origin: `http://127.0.0.1:${Number(port) + 1}`},
        {origin: `http://localhost:${port}`},
      ]
      for (const headers of strange) {
        const all = {...JSON_TYPE, ...headers}
        expect((await ask('PUT', '/dev/faults/slow', all)).status, JSON.stringify(headers)).to.equal(403)
        expect((await ask('POST', '/dev/approvals', all)).status).to.equal(403)
        expect((await ask('DELETE', '/dev/faults', all)).status).to.equal(403)
        expect((await ask('GET', '/dev/state', all)).status).to.equal(403)
        expect((await ask('GET', '/dev/events', all)).status).to.equal(403)
      }

      await isUntouched()
      const own: Record<string, string>[] = [
        {'sec-fetch-site': 'same-origin', origin: controlPlane.url},
        {'sec-fetch-site': 'none'},
      ]
      for (const headers of own) {
        expect((await ask('PUT', '/dev/faults/slow', {...JSON_TYPE, ...headers})).status).to.equal(200)
      }
    })

    it('another name for this machine, as DNS rebinding has', async () => {
      const {port} = new URL(controlPlane.url)
      for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `0.0.0.0:${port}`]) {
        expect((await ask('PUT', '/dev/faults/slow', {...JSON_TYPE, host})).status, host).to.equal(421)
        expect((await ask('GET', '/dev/state', {host})).status, host).to.equal(421)
        expect((await ask('GET', '/', {host})).status, host).to.equal(421)
      }

      await isUntouched()
    })

    it('what a form of another site could send: anything but JSON', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', undefined]) {
        const headers: Record<string, string> = type === undefined ? {} : {'content-type': type}
        expect((await ask('PUT', '/dev/faults/slow', headers)).status).to.equal(415)
        expect((await ask('POST', '/dev/faults', headers)).status).to.equal(415)
      }

      await isUntouched()
    })

    it('to give a script of another origin permission, or its answer', async () => {
      const preflight = await ask('OPTIONS', '/dev/faults/slow', {
        origin: 'https://evil.example',
        'access-control-request-method': 'PUT',
      })
      expect(preflight.status).to.equal(403)
      for (const path of ['/dev/state', '/dev/faults/slow', '/dev/home.js', '/']) {
        const {headers} = await ask('GET', path, {})
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).to.deep.equal([])
        if (path !== '/') expect(headers['cross-origin-resource-policy']).to.equal('same-origin')
      }
    })

    function ask(method: string, path: string, headers: Record<string, string>) {
      return new Promise<{status: number | undefined; headers: object & Record<string, unknown>}>((resolve, reject) => {
        const {port} = new URL(controlPlane.url)
        const sent = request({host: '127.0.0.1', port, method, path, headers}, (response) => {
          resolve({status: response.statusCode, headers: response.headers})
          response.destroy()
        })
        sent.on('error', reject)
        sent.end(method === 'PUT' || method === 'POST' ? '{}' : undefined)
      })
    }
  })

  describe('streams the page', () => {
    it('anew when something changed, and ends when the control plane closes', async () => {
      const response = await fetch(`${controlPlane.url}/dev/events`)
      expect(response.headers.get('content-type')).to.equal('text/event-stream')
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      const until = async (sign: string): Promise<void> => {
        while (!text.includes(sign)) text += (await reader.read()).value
      }
      await until('None yet.')
      await me()
      await until(ME)
      controlPlane.faults.add({path: '/somewhere', delay: 5})
      await until('/somewhere')
      await controlPlane.close()
      const end = await reader.read().then(
        ({done}) => done,
        () => true,
      )
      expect(end).to.equal(true)
    })
  })
})

async function firstEvent(base: string): Promise<string> {
  const response = await fetch(`${base}/dev/events`)
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (/data: .*\n/.test(text)) break
  }

  return text
}
