import {inspect} from 'node:util'
import {expect} from 'chai'
import nock from 'nock'
import {type ControlPlaneClient, createControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import type {AuthError, AuthErrorCode} from '../../src/errors.js'
import {type BoundedOptions, createBoundedAsk} from '../../src/http/bounded-ask.js'
import {Secret} from '../../src/secret.js'
import {refusal} from '../support/refusal.js'

const ORIGIN = 'https://api.example.com'
const VERSION = '/api/v1beta1/deployments-public/version'
const DISCOVERY = '/api/v1/auth/oidc/discovery'
const ME = '/api/v1/auth/me'
const ORGANIZATIONS = '/api/v1beta1/deployments/organizations'
const PROJECTS = '/api/v1beta1/deployments/list-projects'
const KEYS = '/api/v1/api-keys'

const version = {version: '1.2.3', requires_auth: true, min_llamactl_version: '0.3.0', capabilities: ['organizations']}
const discovery = {
  discovery_url: 'https://login.example.com/.well-known/openid-configuration',
  client_ids: {cli: 'cli-1'},
}
const project = {project_id: 'p1', project_name: 'Notes', deployment_count: 2, org_id: 'o1'}
const organization = {org_id: 'o1', org_name: 'Red', is_default: true}
const created = {id: 'key-1', redacted_api_key: 'llx-0123456789'}

describe('the client of a control plane', () => {
  before(() => nock.disableNetConnect())
  after(() => nock.enableNetConnect())
  afterEach(() => {
    const pending = nock.pendingMocks()
    nock.cleanAll()
    expect(pending, 'requests that were not made').to.deep.equal([])
  })

  const client = ({
    apiUrl = ORIGIN,
    bearer = new Secret('llx-canary'),
    signal,
    ...options
  }: Partial<BoundedOptions> & {apiUrl?: string; bearer?: Secret | undefined} = {}) =>
    createControlPlaneClient({
      apiUrl,
      bearer,
      signal,
      fetch: createBoundedAsk({userAgent: 'test/1', retries: 0, ...(signal && {signal}), ...options}),
    })

  /** Whatever goes wrong, the credential that was sent is in nothing that could be shown or logged. */
  async function refused(call: Promise<unknown>, code?: AuthErrorCode): Promise<AuthError> {
    const error = await refusal(call, code)
    for (const text of [
      String(error),
      error.stack,
      JSON.stringify(error),
      JSON.stringify(error.suggestions),
      inspect(error, {showHidden: true, depth: 9, getters: true}),
    ])
      expect(text).not.to.include('canary')
    return error
  }

  /** One of each method, with the request it makes and an answer that fits. */
  const calls: {
    name: string
    method: string
    path: string
    call: (server: ControlPlaneClient) => Promise<unknown>
    reply: object
    isOpen?: true
  }[] = [
    {name: 'version', method: 'GET', path: VERSION, call: (server) => server.version(), reply: version, isOpen: true},
    {
      name: 'oidcDiscovery',
      method: 'GET',
      path: DISCOVERY,
      call: (server) => server.oidcDiscovery(),
      reply: discovery,
      isOpen: true,
    },
    {name: 'me', method: 'GET', path: ME, call: (server) => server.me(), reply: {id: 'u1', email: 'ada@example.com'}},
    {
      name: 'organizations',
      method: 'GET',
      path: ORGANIZATIONS,
      call: (server) => server.organizations(),
      reply: {organizations: [organization]},
    },
    {
      name: 'projects',
      method: 'GET',
      path: PROJECTS,
      call: (server) => server.projects(),
      reply: {projects: [project]},
    },
    {name: 'createApiKey', method: 'POST', path: KEYS, call: (server) => server.createApiKey('ada'), reply: created},
    {
      name: 'deleteApiKey',
      method: 'DELETE',
      path: `${KEYS}/key-1`,
      call: (server) => server.deleteApiKey('key-1'),
      reply: {},
    },
  ]

  for (const {name, method, path, call, reply, isOpen} of calls) {
    describe(name, () => {
      const answer = () => nock(ORIGIN).intercept(path, method)

      it('asks below a URL that has a path', async () => {
        nock('https://example.com:8443').intercept(`/base/v1${path}`, method).reply(200, reply)
        await call(client({apiUrl: 'https://example.com:8443/base/v1'}))
      })

      it(isOpen ? 'never sends the credential' : 'sends the credential, and asks for JSON', async () => {
        let headers: Record<string, string | string[]> = {}
        answer().reply(function () {
          headers = this.req.headers as typeof headers
          return [200, reply]
        })
        await call(client())
        expect(headers['accept']).to.deep.equal('application/json')
        expect(headers['authorization']).to.deep.equal(isOpen ? undefined : 'Bearer llx-canary')
      })

      it('sends no credential where it has none', async () => {
        nock(ORIGIN, {badheaders: ['authorization']})
          .intercept(path, method)
          .reply(200, reply)
        await call(
          createControlPlaneClient({apiUrl: ORIGIN, fetch: createBoundedAsk({userAgent: 'test/1', retries: 0})}),
        )
      })

      for (const status of [401, 403]) {
        it(`takes ${status} for a refusal`, async () => {
          answer().reply(status, {detail: 'Not you.'}, {'x-request-id': 'req-7'})
          // Where no credential was sent, none can have been refused.
          const error = await refused(call(client()), isOpen ? 'SERVER_ERROR' : 'CREDENTIAL_REJECTED')
          expect(error.message).to.include('Not you.').and.include('req-7')
        })
      }

      for (const status of [301, 302, 303, 307, 308]) {
        it(`does not follow ${status} (login case 23)`, async () => {
          const elsewhere = nock('https://evil.example').intercept(path, method).reply(200, reply)
          answer().reply(status, '', {location: `https://evil.example${path}`})
          const error = await refused(call(client()), 'SERVER_ERROR')
          expect(error.message).to.include(`${method} ${ORIGIN}${path}`).and.include('evil.example')
          expect(error.suggestions.join()).to.include('captive portal')
          expect(elsewhere.isDone()).to.equal(false)
          nock.removeInterceptor({hostname: 'evil.example', proto: 'https', path, method})
        })
      }

      const isKnownBy404 = name === 'oidcDiscovery' || name === 'organizations'
      for (const status of isKnownBy404 ? [200, 502] : [200, 404, 502]) {
        it(`takes a page in place of an answer (HTTP ${status}) for no success (login case 24)`, async () => {
          answer().reply(status, '<h1>Welcome</h1>', {'content-type': 'text/html; charset=utf-8'})
          const {message} = await refused(call(client()), 'SERVER_ERROR')
          expect(message).to.include(`${method} ${ORIGIN}${path}`).and.include(String(status))
          if (status !== 502) expect(message).to.include('text/html')
        })
      }

      it('names the endpoint, the status and the request of a failure', async () => {
        answer().reply(500, {detail: 'Out of llamas.'}, {'x-correlation-id': 'cor-7'})
        const {message} = await refused(call(client()), 'SERVER_ERROR')
        expect(message).to.equal(`${method} ${ORIGIN}${path} answered HTTP 500: Out of llamas. (request id cor-7).`)
      })

      it('shows what FastAPI found wrong with a request', async () => {
        const detail = [
          {loc: ['body', 'name'], msg: 'field required', type: 'missing'},
          {loc: ['body'], msg: 'too long'},
          {loc: []},
          'x',
        ]
        answer().reply(422, {detail})
        expect((await refused(call(client()))).message).to.include('HTTP 422: field required; too long.')
      })

      it('cleans what a server says of a failure', async () => {
        answer().reply(418, {detail: '\u001B[2J\u202Ered\nline'})
        // eslint-disable-next-line no-control-regex
        expect((await refused(call(client()))).message).not.to.match(/[\u0000-\u001F\u202E]/)
      })

      const afterSending = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']
      for (const code of name === 'createApiKey' ? afterSending : ['ECONNREFUSED', 'ENOTFOUND', ...afterSending]) {
        it(`says that the server cannot be reached (${code})`, async () => {
          answer().replyWithError(Object.assign(new Error(`${code} llx-canary`), {code}))
          const error = await refused(call(client()), 'NETWORK_ERROR')
          expect(error.message).to.equal(`${ORIGIN} cannot be reached (${code}).`)
        })
      }

      for (const code of ['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID']) {
        it(`says that the certificate cannot be verified (${code}), and what helps`, async () => {
          answer().replyWithError(Object.assign(new Error(code), {code}))
          const error = await refused(call(client()), 'NETWORK_ERROR')
          expect(error.message).to.include('certificate').and.include(code)
          expect(JSON.stringify(error.suggestions)).to.include('NODE_EXTRA_CA_CERTS')
        })
      }

      it('says that there was no answer in time', async () => {
        answer().delay(500).reply(200, reply)
        const error = await refused(call(client({timeout: 30})), 'NETWORK_ERROR')
        expect(error.message).to.include('in time')
      })

      it('does not read an answer without end', async () => {
        answer().reply(200, JSON.stringify({x: 'x'.repeat(2000)}))
        expect((await refused(call(client({limit: 1000})), 'SERVER_ERROR')).message).to.include(path)
      })

      it('ends with the reason of the person who cancelled', async () => {
        answer().delay(500).reply(200, reply)
        const controller = new AbortController()
        const reason = new Error('enough')
        setTimeout(() => controller.abort(reason), 10)
        const error = await call(client({signal: controller.signal})).then(
          () => undefined,
          (error: unknown) => error,
        )
        expect(error).to.equal(reason)
      })
    })
  }

  for (const [status, body, headers, hint] of [
    [429, 'slow down', {'retry-after': '90'}, 'wait 90 seconds'],
    [503, '', {'retry-after': '90'}, 'wait 90 seconds'],
    [511, '<html>', {'content-type': 'text/html'}, 'Sign in to this network'],
    [503, '<html>', {'content-type': 'text/html'}, 'captive portal'],
    [429, '<html>', {'content-type': 'text/html'}, 'captive portal'],
  ] as const) {
    it(`says what to do after ${status} with ${JSON.stringify({body, ...headers})}`, async () => {
      nock(ORIGIN).get(ME).reply(status, body, headers)
      const error = await refused(client().me(), 'SERVER_ERROR')
      expect(error.message).to.include(`HTTP ${status}`)
      expect(error.suggestions.join()).to.include(hint)
    })
  }

  it('shows no credential that does not fit into a header', async () => {
    for (const text of ['llx-\ncanary', 'llx-canary\u0000', 'llx-canary\u{1F999}']) {
      await refused(client({bearer: new Secret(text)}).me(), 'NETWORK_ERROR')
    }
  })

  describe('what a server is', () => {
    const ask = (reply: object) => {
      nock(ORIGIN).get(VERSION).reply(200, reply)
      return client().version()
    }

    it('is what it says', async () => {
      expect(await ask(version)).to.deep.equal(version)
    })

    it('needs no login where it does not say so, and asks nothing of its clients', async () => {
      expect(await ask({version: '1'})).to.deep.equal({
        version: '1',
        requires_auth: false,
        min_llamactl_version: null,
        capabilities: [],
      })
      expect(await ask({...version, min_llamactl_version: null, capabilities: null})).to.deep.include({
        min_llamactl_version: null,
        capabilities: [],
      })
    })

    it('may be more than is known today', async () => {
      expect(await ask({...version, capabilities: ['a', 7, null, {}], colour: 'red'})).to.deep.equal({
        ...version,
        capabilities: ['a'],
      })
    })
  })

  describe('how to log in', () => {
    const ask = (reply: object, status = 200) => {
      nock(ORIGIN).get(DISCOVERY).reply(status, reply)
      return patient().oidcDiscovery()
    }
    const patient = () => client({retries: 2, retryDelay: 1})

    it('is with the client for command lines, or with the only one (login case 25)', async () => {
      const {discovery_url} = discovery
      expect(await ask({discovery_url, client_ids: {web: 'web-1', cli: 'cli-1'}})).to.deep.equal({
        discovery_url,
        client_id: 'cli-1',
      })
      expect(await ask({discovery_url, client_ids: {web: 'web-1', cli: null}})).to.include({client_id: 'web-1'})
    })

    for (const client_ids of [undefined, null, {}, {a: 'a', b: 'b'}, {cli: 7}, {cli: ''}]) {
      it(`cannot be known from ${JSON.stringify(client_ids)} (login case 25)`, async () => {
        const error = await refused(ask({...discovery, client_ids}), 'SERVER_ERROR')
        expect(error.message).to.include(DISCOVERY).and.include('client_ids')
      })
    }

    for (const status of [400, 404, 501]) {
      it(`is not with a browser where the server answers ${status} (login case 20)`, async () => {
        const error = await refused(ask({detail: 'OIDC is off.'}, status), 'LOGIN_NOT_SUPPORTED')
        expect(error.message).to.include(ORIGIN).and.include('OIDC is off.')
        expect(error.suggestions).to.deep.equal([{command: 'auth:token', to: 'to use an API key'}])
      })
    }

    it('cannot be known from a server that fails three times (login case 21)', async () => {
      nock(ORIGIN).get(DISCOVERY).times(3).reply(500)
      const error = await refused(patient().oidcDiscovery(), 'SERVER_ERROR')
      expect(error.message).to.include(DISCOVERY).and.include('HTTP 500')
    })

    it('is asked again where the server was busy (login case 22)', async () => {
      nock(ORIGIN).get(DISCOVERY).reply(503)
      expect(await ask(discovery)).to.include({discovery_url: discovery.discovery_url})
    })
  })

  describe('projects', () => {
    const ask = (projects: unknown) => {
      nock(ORIGIN).get(PROJECTS).reply(200, {projects})
      return client().projects()
    }

    it('are those of all organizations, or of one', async () => {
      expect(await ask([project])).to.deep.equal([project])
      nock(ORIGIN).get(`${PROJECTS}?org_id=o%2F1%20%26x%3D`).reply(200, {projects: []})
      expect(await client().projects('o/1 &x=')).to.deep.equal([])
    })

    it('are called by their id where they have no name, and are in the default organization where none is named', async () => {
      for (const project_name of [null, undefined, '', '\u200B']) {
        expect(await ask([{project_id: 'p1', project_name, deployment_count: 0}])).to.deep.equal([
          {project_id: 'p1', project_name: 'p1', deployment_count: 0, org_id: 'default'},
        ])
      }
    })

    it('have names that a terminal can show', async () => {
      const [read] = await ask([{...project, project_name: ' \u001B]0;Notes\u0007\n of \u202Eada '}])
      expect(read!.project_name).to.equal(']0;Notes of ada')
    })
  })

  describe('organizations', () => {
    it('are what the server says, named by their id where they have no name', async () => {
      const organizations = [organization, {org_id: 'o2', org_name: null, is_default: 'yes'}]
      nock(ORIGIN).get(ORGANIZATIONS).reply(200, {organizations})
      expect(await client().organizations()).to.deep.equal([
        organization,
        {org_id: 'o2', org_name: 'o2', is_default: false},
      ])
    })

    for (const status of [404, 405, 501]) {
      it(`are none where the server answers ${status}`, async () => {
        nock(ORIGIN).get(ORGANIZATIONS).reply(status, {detail: 'Not Found'})
        expect(await client().organizations()).to.deep.equal([])
      })
    }
  })

  it('a person may have no e-mail address', async () => {
    nock(ORIGIN).get(ME).reply(200, {id: 'u1'})
    expect(await client().me()).to.deep.equal({id: 'u1', email: null})
  })

  describe('an answer of another shape is refused, by endpoint and field:', () => {
    const shapes: [keyof ControlPlaneClient, string, string, unknown][] = [
      ['version', VERSION, 'version', {...version, version: undefined}],
      ['version', VERSION, 'version', {...version, version: 3}],
      ['version', VERSION, 'requires_auth', {...version, requires_auth: 'true'}],
      ['version', VERSION, 'requires_auth', {...version, requires_auth: null}],
      ['version', VERSION, 'min_llamactl_version', {...version, min_llamactl_version: 3}],
      ['version', VERSION, 'capabilities', {...version, capabilities: 'organizations'}],
      ['oidcDiscovery', DISCOVERY, 'discovery_url', {...discovery, discovery_url: null}],
      ['oidcDiscovery', DISCOVERY, 'object', {...discovery, client_ids: 'cli'}],
      ['me', ME, 'id', {email: 'ada@example.com'}],
      ['me', ME, 'email', {id: 'u1', email: ['ada@example.com']}],
      ['organizations', ORGANIZATIONS, 'organizations', {}],
      ['organizations', ORGANIZATIONS, 'org_id', {organizations: [{org_name: 'Red'}]}],
      ['projects', PROJECTS, 'projects', {projects: {}}],
      ['projects', PROJECTS, 'object', {projects: ['p1']}],
      ['projects', PROJECTS, 'project_id', {projects: [{...project, project_id: '\u200B'}]}],
      ['projects', PROJECTS, 'project_name', {projects: [{...project, project_name: 7}]}],
      ['projects', PROJECTS, 'deployment_count', {projects: [{...project, deployment_count: '2'}]}],
      ['projects', PROJECTS, 'org_id', {projects: [{...project, org_id: 7}]}],
      ['me', ME, 'not JSON', []],
      ['me', ME, 'not JSON', null],
      ['me', ME, 'not JSON', ''],
    ]
    for (const [method, path, field, reply] of shapes) {
      it(`${method} with ${JSON.stringify(reply)} (login case 26)`, async () => {
        nock(ORIGIN)
          .get(path)
          .reply(200, JSON.stringify(reply), {'content-type': 'application/json', 'x-request-id': 'req-7'})
        const call = (client()[method] as () => Promise<unknown>)()
        const {message} = await refused(call, 'SERVER_ERROR')
        expect(message).to.include(`GET ${ORIGIN}${path}`).and.include(field).and.include('req-7')
      })
    }
  })

  describe('a new key', () => {
    it('is named, bound to no project, and told this once', async () => {
      nock(ORIGIN).post(KEYS, {name: 'ada on laptop', project_id: null}).reply(201, created)
      expect(await client().createApiKey('ada on laptop')).to.deep.equal({id: 'key-1', key: 'llx-0123456789'})
    })

    it('says when it expires, where the server tells', async () => {
      for (const [expires_at, expiresAt] of [
        ['2027-01-31T12:00:00+02:00', '2027-01-31T10:00:00.000Z'],
        [null, undefined],
        ['soon', undefined],
        [7, undefined],
      ]) {
        nock(ORIGIN)
          .post(KEYS)
          .reply(201, {...created, expires_at})
        expect((await client().createApiKey('ada')).expiresAt, String(expires_at)).to.equal(expiresAt)
      }
    })

    for (const redacted_api_key of [
      undefined,
      null,
      7,
      '',
      'llx-1',
      'llx- 0123456789',
      'llx-0123\n456789',
      'llx-**…**',
    ]) {
      it(`is not ${JSON.stringify(redacted_api_key)}`, async () => {
        nock(ORIGIN)
          .post(KEYS)
          .reply(201, {...created, redacted_api_key})
        const {message} = await refused(client().createApiKey('ada'), 'SERVER_ERROR')
        expect(message).to.include('redacted_api_key').and.not.include('0123')
      })
    }

    it('needs an id, by which it can be deleted again', async () => {
      nock(ORIGIN)
        .post(KEYS)
        .reply(201, {...created, id: null})
      const {message} = await refused(client().createApiKey('ada'), 'SERVER_ERROR')
      expect(message).to.include('id is missing').and.not.include('0123')
    })

    it('has an id that can be sent back as it came', async () => {
      nock(ORIGIN)
        .post(KEYS)
        .reply(201, {...created, id: 'key-\u200B1'})
      const {message} = await refused(client().createApiKey('ada'), 'SERVER_ERROR')
      expect(message).to.include('id has characters').and.not.include('0123')
    })

    it('is asked for again where the first request was never sent (login case 80)', async () => {
      nock(ORIGIN)
        .post(KEYS)
        .replyWithError(Object.assign(new Error('no'), {code: 'ECONNREFUSED'}))
      nock(ORIGIN).post(KEYS).reply(201, created)
      expect(await client().createApiKey('ada')).to.include({id: 'key-1'})
    })

    it('is not waited for by somebody who cancels', async () => {
      nock(ORIGIN)
        .post(KEYS)
        .replyWithError(Object.assign(new Error('no'), {code: 'ENOTFOUND'}))
      const controller = new AbortController()
      const reason = new Error('enough')
      setTimeout(() => controller.abort(reason), 50)
      const started = performance.now()
      const error = await client({signal: controller.signal})
        .createApiKey('ada')
        .catch((error: unknown) => error)
      expect(error).to.equal(reason)
      expect(performance.now() - started).to.be.lessThan(900)
    })

    for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET']) {
      it(`is asked for once where the request may have arrived (${code}) (login case 81)`, async () => {
        nock(ORIGIN)
          .post(KEYS)
          .replyWithError(Object.assign(new Error('no'), {code}))
        const second = nock(ORIGIN).post(KEYS).reply(201, created)
        await refused(client({retries: 2, retryDelay: 1}).createApiKey('ada'), 'NETWORK_ERROR')
        expect(second.isDone()).to.equal(false)
        nock.cleanAll()
      })
    }

    for (const status of [429, 500, 502, 503]) {
      it(`is asked for once where the server answers ${status}`, async () => {
        nock(ORIGIN).post(KEYS).reply(status, {})
        await refused(client({retries: 2, retryDelay: 1}).createApiKey('ada'), 'SERVER_ERROR')
      })
    }
  })

  describe('deleting a key', () => {
    for (const status of [200, 202, 204]) {
      it(`is done where the server answers ${status}`, async () => {
        nock(ORIGIN).delete(`${KEYS}/key-1`).reply(status)
        expect(await client().deleteApiKey('key-1')).to.equal(true)
      })
    }

    it('has nothing to do where the server does not know it', async () => {
      nock(ORIGIN).delete(`${KEYS}/key-1`).reply(404, {detail: 'Not Found'})
      expect(await client().deleteApiKey('key-1')).to.equal(false)
      nock(ORIGIN).delete(`${KEYS}/key-1`).reply(404)
      expect(await client().deleteApiKey('key-1')).to.equal(false)
    })

    it('names it by its id, whatever characters are in that', async () => {
      nock(ORIGIN).delete(`${KEYS}/a%2Fb%3Fc%23d%20%25`).reply(204)
      expect(await client().deleteApiKey('a/b?c#d %')).to.equal(true)
      nock(ORIGIN).delete(`${KEYS}/%252e%252e`).reply(204)
      expect(await client().deleteApiKey('%2e%2e')).to.equal(true)
    })

    for (const id of ['', '.', '..', '\uD800']) {
      it(`asks for nothing where its id is ${JSON.stringify(id)}, which would be another path or none`, async () => {
        const asked = nock(ORIGIN)
          .delete(() => true)
          .reply(204)
        await refused(client().deleteApiKey(id), 'SERVER_ERROR')
        expect(asked.isDone()).to.equal(false)
        nock.cleanAll()
      })
    }
  })
})
