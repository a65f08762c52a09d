import {LlamaCloud} from '@llamaindex/llama-cloud'
import {expect} from 'chai'

import {defaultSeed, startDevControlPlane, type DevControlPlane} from '../src/index.js'
import {call, type Call, type Reply} from './call.js'
import {logIn} from './oidc-client.js'

const [ADA, GRACE, LINUS] = defaultSeed.api_keys.map(({secret}) => secret) as [string, string, string]
const VERSION = '/api/v1beta1/deployments-public/version'
const ORGANIZATIONS = '/api/v1beta1/deployments/organizations'
const PROJECTS = '/api/v1beta1/deployments/list-projects'
const PLATFORM_PROJECTS = '/api/v1/projects'
const KEYS = '/api/v1/api-keys'

describe('control plane API', () => {
  let controlPlane: DevControlPlane
  const ask = (path: string, options?: Call): Promise<Reply> => call(controlPlane.url, path, options)
  const projectIds = ({body}: Reply): string[] =>
    body.projects.map((project: {project_id: string}) => project.project_id)

  before(async () => {
    controlPlane = await startDevControlPlane({algorithm: 'ES256'})
  })
  after(() => controlPlane.close())

  describe('version', () => {
    it('needs no bearer and says what the server can do', async () => {
      const {status, body} = await ask(VERSION)
      expect(status).to.equal(200)
      expect(body).to.deep.equal({
        version: '0.1.0-dev',
        requires_auth: true,
        min_llamactl_version: null,
        capabilities: ['organizations'],
      })
    })
  })

  describe('bearers', () => {
    for (const path of [ORGANIZATIONS, PROJECTS, '/api/v1/auth/me', KEYS, PLATFORM_PROJECTS]) {
      it(`refuses none and an unknown one at ${path}`, async () => {
        const none = await ask(path)
        expect([none.status, none.body]).to.deep.equal([401, {detail: 'Not authenticated'}])
        for (const bearer of ['llx-wrong', 'not-a-token', 'a.b.c']) {
          const {status, body, headers} = await ask(path, {bearer})
          expect([status, body]).to.deep.equal([401, {detail: 'Invalid API key'}])
          expect(headers.get('www-authenticate')).to.equal('Bearer error="invalid_token"')
        }
      })
    }

    it('takes an access token of the provider like an API key', async () => {
      const {access_token} = await logIn(controlPlane, 'grace@example.com')
      const {body} = await ask('/api/v1/auth/me', {bearer: access_token})
      expect(body).to.include({id: 'user-grace', email: 'grace@example.com', first_name: 'Grace', last_name: 'Hopper'})
    })

    it('does not take an ID token for an access token', async () => {
      const {id_token} = await logIn(controlPlane)
      expect((await ask(PROJECTS, {bearer: id_token!})).status).to.equal(401)
    })
  })

  describe('organizations and projects', () => {
    it('lists the organizations of the person, the first as default', async () => {
      const {body} = await ask(ORGANIZATIONS, {bearer: ADA})
      expect(body.organizations).to.deep.equal([
        {org_id: 'org-engines', org_name: 'Analytical Engines', is_default: true},
        {org_id: 'org-compilers', org_name: 'Compilers', is_default: false},
      ])
    })

    it('lists the projects of every organization without org_id', async () => {
      const reply = await ask(PROJECTS, {bearer: ADA})
      expect(projectIds(reply)).to.have.lengthOf(4)
      expect(reply.body.projects[0]).to.deep.equal(defaultSeed.projects[0])
    })

    it('lists the projects of one organization with org_id', async () => {
      expect(projectIds(await ask(`${PROJECTS}?org_id=org-compilers`, {bearer: ADA}))).to.deep.equal(['prj-flow'])
    })

    it('lists nothing for an organization that is unknown or not theirs', async () => {
      expect((await ask(`${PROJECTS}?org_id=nope`, {bearer: ADA})).body).to.deep.equal({projects: []})
      expect((await ask(`${PROJECTS}?org_id=org-engines`, {bearer: GRACE})).body).to.deep.equal({projects: []})
    })

    it('has somebody with exactly one project and somebody with none', async () => {
      expect(projectIds(await ask(PROJECTS, {bearer: GRACE}))).to.deep.equal(['prj-flow'])
      expect(projectIds(await ask(PROJECTS, {bearer: LINUS}))).to.deep.equal([])
    })
  })

  describe('deployments', () => {
    const DEPLOYMENTS = '/api/v1beta1/deployments'

    it('are as many as the project counts', async () => {
      const {status, body} = await ask(`${DEPLOYMENTS}?project_id=prj-notes`, {bearer: ADA})
      expect(status).to.equal(200)
      expect(body.deployments.map(({name}: {name: string}) => name)).to.deep.equal(['notes-1', 'notes-2'])
      expect(body.deployments[0]).to.include({project_id: 'prj-notes', status: 'Running'})
    })

    it('take the project from a header as well', async () => {
      const headers = {authorization: `Bearer ${ADA}`, 'project-id': 'prj-invoices'}
      const response = await fetch(controlPlane.url + DEPLOYMENTS, {headers})
      expect(((await response.json()) as {deployments: unknown[]}).deployments).to.have.lengthOf(1)
    })

    it('are refused without a project, and hidden with that of somebody else', async () => {
      expect((await ask(DEPLOYMENTS, {bearer: ADA})).status).to.equal(422)
      expect((await ask(`${DEPLOYMENTS}?project_id=prj-notes`, {bearer: GRACE})).status).to.equal(404)
      expect((await ask(`${DEPLOYMENTS}?project_id=prj-notes`)).status).to.equal(401)
    })
  })

  describe('projects of the platform', () => {
    const ids = ({body}: Reply): string[] => body.map(({id}: {id: string}) => id)

    it('are an array with the platform’s own names, the first of each organization as its default', async () => {
      const {body} = await ask(PLATFORM_PROJECTS, {bearer: ADA})
      expect(body).to.have.lengthOf(4)
      expect(body[0]).to.deep.equal({
        id: 'prj-notes',
        name: 'Notes',
        organization_id: 'org-engines',
        is_default: true,
        created_at: null,
        updated_at: null,
      })
      expect(body.map(({is_default}: {is_default: boolean}) => is_default)).to.deep.equal([true, false, false, true])
    })

    it('are narrowed by organization, by name, and by a key that is confined to one', async () => {
      const asked = (query: string) => ask(`${PLATFORM_PROJECTS}?${query}`, {bearer: ADA})
      expect(ids(await asked('organization_id=org-compilers'))).to.deep.equal(['prj-flow'])
      expect(ids(await asked('project_name=Invoices'))).to.deep.equal(['prj-invoices'])
      const {body} = await ask(KEYS, {method: 'POST', bearer: ADA, json: {name: 'ci', project_id: 'prj-notes'}})
      expect(ids(await ask(PLATFORM_PROJECTS, {bearer: body.redacted_api_key}))).to.deep.equal(['prj-notes'])
      await ask(`${KEYS}/${body.id}`, {method: 'DELETE', bearer: ADA})
    })

    it('are shown one by one to whoever sees them', async () => {
      expect((await ask(`${PLATFORM_PROJECTS}/prj-flow`, {bearer: GRACE})).body).to.include({name: 'Flow'})
      const other = await ask(`${PLATFORM_PROJECTS}/prj-notes`, {bearer: GRACE})
      expect([other.status, other.body]).to.deep.equal([404, {detail: 'Project not found'}])
    })

    it('are listed by the official SDK', async () => {
      const client = new LlamaCloud({apiKey: GRACE, baseURL: controlPlane.url})
      expect((await client.projects.list()).map(({id}) => id)).to.deep.equal(['prj-flow'])
      expect((await client.projects.get('prj-flow')).name).to.equal('Flow')
    })
  })

  describe('discovery', () => {
    it('names the provider and the client', async () => {
      const {status, body} = await ask('/api/v1/auth/oidc/discovery')
      expect(status).to.equal(200)
      expect(body).to.deep.equal({
        discovery_url: `${controlPlane.issuer}/.well-known/openid-configuration`,
        client_ids: {cli: 'llamactl-cli'},
      })
    })
  })

  describe('API keys', () => {
    it('are made with their secret shown once, then listed redacted, then deleted', async () => {
      const made = await ask(KEYS, {method: 'POST', bearer: ADA, json: {name: 'laptop', project_id: null}})
      expect(made.status).to.equal(200)
      const {id, redacted_api_key: secret} = made.body
      expect(secret).to.match(/^llx-[\w-]{32}$/)
      expect(made.body).to.include({name: 'laptop', user_id: 'user-ada', project_id: null, key_type: 'user'})
      expect((await ask(PROJECTS, {bearer: secret})).status).to.equal(200)

      const listed = (await ask(KEYS, {bearer: ADA})).body
      expect(JSON.stringify(listed)).not.to.include(secret)
      expect(listed.map((key: {name: string}) => key.name)).to.deep.equal(['dev key', 'laptop'])
      expect(controlPlane.apiKeys().map((key) => key.id)).to.include(id)

      expect((await ask(`${KEYS}/${id}`, {method: 'DELETE', bearer: secret})).status).to.equal(204)
      expect((await ask(PROJECTS, {bearer: secret})).status).to.equal(401)
      expect((await ask(`${KEYS}/${id}`, {method: 'DELETE', bearer: ADA})).status).to.equal(404)
    })

    it('can be confined to a project', async () => {
      const made = await ask(KEYS, {method: 'POST', bearer: ADA, json: {name: 'ci', project_id: 'prj-notes'}})
      const bearer = made.body.redacted_api_key
      expect(projectIds(await ask(PROJECTS, {bearer}))).to.deep.equal(['prj-notes'])
      expect((await ask('/api/v1/auth/me', {bearer})).body.restrict).to.deep.equal({project_id: 'prj-notes'})
      expect((await ask(`${KEYS}?project_id=prj-notes`, {bearer: ADA})).body).to.have.lengthOf(1)
      await ask(`${KEYS}/${made.body.id}`, {method: 'DELETE', bearer: ADA})
    })

    it('cannot be confined to a project the person does not see', async () => {
      const reply = await ask(KEYS, {method: 'POST', bearer: GRACE, json: {name: 'ci', project_id: 'prj-notes'}})
      expect([reply.status, reply.body]).to.deep.equal([404, {detail: 'Project not found'}])
    })

    it('of another person cannot be deleted', async () => {
      const {id} = controlPlane.apiKeys().find(({user}) => user === 'grace@example.com')!
      expect((await ask(`${KEYS}/${id}`, {method: 'DELETE', bearer: ADA})).status).to.equal(404)
      expect((await ask(PROJECTS, {bearer: GRACE})).status).to.equal(200)
    })

    const wrong: [title: string, text: string, types: string[], loc: (string | number)[]][] = [
      ['no name', '{}', ['missing'], ['body', 'name']],
      ['a name that is no string', '{"name": 1}', ['string_type'], ['body', 'name']],
      ['a project that is no string', '{"name": "x", "project_id": 7}', ['string_type'], ['body', 'project_id']],
      ['an array', '[]', ['model_attributes_type'], ['body']],
      ['no JSON', '{', ['json_invalid'], ['body', 0]],
    ]
    for (const [title, text, types, loc] of wrong) {
      it(`are refused with 422 for ${title}`, async () => {
        const {status, body} = await ask(KEYS, {method: 'POST', bearer: ADA, text})
        expect(status).to.equal(422)
        expect(body.detail.map((problem: {type: string}) => problem.type)).to.deep.equal(types)
        expect(body.detail[0].loc).to.deep.equal(loc)
        expect(body.detail[0].msg).to.be.a('string')
      })
    }

    it('are refused with 413 for a body larger than any honest one', async () => {
      const reply = await ask(KEYS, {method: 'POST', bearer: ADA, json: {name: 'x'.repeat(70_000)}})
      expect(reply.status).to.equal(413)
    })
  })

  describe('everything else', () => {
    it('answers unknown paths and methods as FastAPI does', async () => {
      const unknown = await ask('/api/v1/nope')
      expect([unknown.status, unknown.body]).to.deep.equal([404, {detail: 'Not Found'}])
      const method = await ask(KEYS, {method: 'PATCH', bearer: ADA})
      expect([method.status, method.body]).to.deep.equal([405, {detail: 'Method Not Allowed'}])
      expect(method.headers.get('allow')).to.equal('GET, POST')
    })

    it('has a request id of its own on every answer', async () => {
      const paths = [VERSION, PROJECTS, '/nope', '/oidc/jwks']
      const ids = await Promise.all(paths.map(async (path) => (await ask(path)).headers.get('x-request-id')))
      for (const id of ids) expect(id).to.match(/^[\da-f-]{36}$/)
      expect(new Set(ids).size).to.equal(paths.length)
    })

    it('records requests in order, without secrets', async () => {
      const from = controlPlane.requests.length
      await ask(`${PROJECTS}?org_id=x`, {bearer: ADA})
      await ask(PROJECTS, {bearer: 'llx-wrong'})
      await ask(VERSION)
      const recorded = controlPlane.requests.slice(from)
      expect(recorded.map(({path, query, bearer, status}) => [path, query, bearer, status])).to.deep.equal([
        [PROJECTS, '?org_id=x', 'api-key', 200],
        [PROJECTS, '', 'invalid', 401],
        [VERSION, '', 'none', 200],
      ])
      expect(JSON.stringify(controlPlane.requests)).not.to.include('llx-')
      expect(recorded[0]!.headers).not.to.have.property('authorization')
    })
  })
})

describe('control plane options', () => {
  it('without organizations: neither capability, nor endpoint, nor org_id', async () => {
    await using controlPlane = await startDevControlPlane({organizations: false, browserLogin: false})
    expect((await call(controlPlane.url, VERSION)).body.capabilities).to.deep.equal([])
    expect((await call(controlPlane.url, ORGANIZATIONS, {bearer: ADA})).status).to.equal(404)
    const {projects} = (await call(controlPlane.url, `${PROJECTS}?org_id=org-compilers`, {bearer: ADA})).body
    expect(projects).to.have.lengthOf(4)
    expect(projects[0]).not.to.have.property('org_id')
  })

  it('without browser login: discovery answers 400 and there is no provider', async () => {
    await using controlPlane = await startDevControlPlane({browserLogin: false, minLlamactlVersion: '9.0.0'})
    const {status, body} = await call(controlPlane.url, '/api/v1/auth/oidc/discovery')
    expect([status, body]).to.deep.equal([400, {detail: 'OIDC is not configured'}])
    expect(controlPlane.issuer).to.equal(null)
    expect((await call(controlPlane.url, '/oidc/jwks')).status).to.equal(404)
    expect((await call(controlPlane.url, VERSION)).body.min_llamactl_version).to.equal('9.0.0')
    const refusal = await controlPlane.approve('ABCD-EFGH').catch((error: Error) => error.message)
    expect(refusal).to.equal('This control plane has no browser login')
  })

  it('where keys do not manage keys: an API key gets 403, an access token may', async () => {
    await using controlPlane = await startDevControlPlane({keysManageKeys: false, algorithm: 'ES256'})
    for (const [method, path] of [
      ['GET', KEYS],
      ['POST', KEYS],
      ['DELETE', `${KEYS}/x`],
    ] as const) {
      expect((await call(controlPlane.url, path, {method, bearer: ADA})).status).to.equal(403)
    }

    const {access_token: bearer} = await logIn(controlPlane)
    expect((await call(controlPlane.url, KEYS, {method: 'POST', bearer, json: {name: 'x'}})).status).to.equal(200)
  })

  for (const [options, complaint] of [
    [{port: 70_000}, 'port has to be'],
    [{port: 6000}, 'fetch and browsers refuse'],
    [{interval: 0}, 'interval has to be'],
    [{accessTokenLifetime: 0.5}, 'accessTokenLifetime has to be'],
    [{seed: {}}, 'the seed has no users'],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const message = await startDevControlPlane(options).catch((error: Error) => error.message)
      expect(message).to.include(complaint)
    })
  }
})

describe('a control plane without auth', () => {
  it('behaves as the open-source server: no bearer, no login, no projects', async () => {
    await using controlPlane = await startDevControlPlane({requiresAuth: false})
    expect((await call(controlPlane.url, VERSION)).body.requires_auth).to.equal(false)
    expect((await call(controlPlane.url, PROJECTS)).body).to.deep.equal({projects: []})
    expect((await call(controlPlane.url, ORGANIZATIONS)).body.organizations).to.deep.equal([
      {org_id: 'default', org_name: 'Default', is_default: true},
    ])
    expect(await (await fetch(controlPlane.url)).text()).to.include('No login is needed here')
    for (const path of ['/api/v1/auth/oidc/discovery', '/api/v1/auth/me', KEYS, '/oidc/jwks']) {
      const {status, body} = await call(controlPlane.url, path)
      expect([status, body]).to.deep.equal([404, {detail: 'Not Found'}])
    }
  })

  it('lists the projects of its seed, whatever org_id and bearer say', async () => {
    await using controlPlane = await startDevControlPlane({requiresAuth: false, seed: {projects: [{project_id: 'p1'}]}})
    const {body} = await call(controlPlane.url, `${PROJECTS}?org_id=other`, {bearer: 'anything'})
    expect(body.projects).to.deep.equal([
      {project_id: 'p1', project_name: 'p1', deployment_count: 0, org_id: 'default'},
    ])
  })
})
