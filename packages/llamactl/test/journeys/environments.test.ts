import {mkdirSync, readdirSync, rmSync} from 'node:fs'
import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {logIn} from '../support/log-in.js'
import {ada, grace} from '../support/people.js'
import {prepare, prepareToken} from '../support/prepare.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

const DEFAULT_URL = 'https://api.cloud.llamaindex.ai'

interface EnvironmentView {
  api_url: string
  requires_auth: boolean
  active: boolean
  min_llamactl_version: string | null
}

describe('environments', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane({minLlamactlVersion: '0.3.0a13'})
    sandbox = createSandbox()
  })
  afterEach(async () => {
    sandbox.remove()
    await plane.close()
  })

  const env = (...args: string[]) => sandbox.run(['auth', 'env', ...args])
  const list = async () => (await env('list', '--json')).json<EnvironmentView[]>()
  const current = async () => (await list()).find(({active}) => active)?.api_url
  const token = (key: string, ...args: string[]) =>
    sandbox.run(['auth', 'token', '--api-key', '-', ...args], {stdin: key})

  describe('auth env list', () => {
    it('knows the default environment from the start', async () => {
      expect(await list()).to.deep.equal([
        {api_url: DEFAULT_URL, requires_auth: true, active: true, min_llamactl_version: null},
      ])
    })

    it('marks the current one, in text, JSON and YAML alike', async () => {
      await env('add', plane.url)
      const {stdout} = await env('list')
      expect(stdout).to.match(new RegExp(`^\\* +${plane.url} +required +0\\.3\\.0a13$`, 'm'))
      expect(stdout).to.match(new RegExp(`^ +${DEFAULT_URL} +required +-$`, 'm'))
      const {parse} = await import('yaml')
      expect(parse((await env('list', '-o', 'yaml')).stdout)).to.deep.equal(await list())
    })

    it('says when LLAMA_CLOUD_BASE_URL wins over the current one', async () => {
      const {stderr} = await sandbox.run(['auth', 'env', 'list'], {env: {LLAMA_CLOUD_BASE_URL: plane.url}})
      expect(stderr).to.contain('LLAMA_CLOUD_BASE_URL')
    })
  })

  describe('auth env add', () => {
    it('asks the server what it needs and makes it current', async () => {
      const result = await env('add', plane.url, '--json')
      const view = {api_url: plane.url, requires_auth: true, active: true, min_llamactl_version: '0.3.0a13'}
      expect(result.json()).to.deep.equal(view)
      expect(await list()).to.deep.include(view)
    })

    it('says which command comes next', async () => {
      expect((await env('add', plane.url)).stderr).to.contain('llamactl auth login')
      await using open = await startDevControlPlane({requiresAuth: false})
      expect((await env('add', open.url)).stderr).to.contain('llamactl auth token')
    })

    it('takes two spellings for one environment', async () => {
      await env('add', `${plane.url}/`)
      await env('add', plane.url.toUpperCase().replace('HTTP:', 'http:'))
      expect((await list()).map(({api_url}) => api_url)).to.deep.equal([plane.url, DEFAULT_URL])
    })

    it('keeps the profiles and the current profile of one that is known', async () => {
      await env('add', plane.url)
      await token(grace.key)
      await env('add', plane.url)
      expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.have.nested.property('[0].active', true)
    })

    it('stores nothing when the server does not answer, or is no control plane', async () => {
      await plane.close()
      const away = await env('add', plane.url, '--json')
      expect(away.exitCode).to.equal(1)
      expect(away.json<Failure>().error.code).to.equal('NETWORK_ERROR')

      const {createServer} = await import('node:http')
      const portal = createServer((_, response) =>
        response.setHeader('content-type', 'text/html').end('<h1>Wi-Fi</h1>'),
      )
      await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve))
      const address = portal.address() as {port: number}
      const html = await env('add', `http://127.0.0.1:${address.port}`, '--json')
      portal.close()
      expect(html.json<Failure>().error.code).to.equal('SERVER_ERROR')
      expect(html.json<Failure>().error.message).to.contain('text/html')
      expect(await list()).to.have.length(1)
      expect(await current()).to.equal(DEFAULT_URL)
    })

    for (const [what, url] of [
      ['another scheme', 'ftp://example.com'],
      ['a user name', 'https://ada:secret@example.com'],
      ['a query', 'https://example.com/?x=1'],
      ['no scheme', 'example.com'],
      ['an empty text', ''],
    ] as const) {
      it(`refuses a URL with ${what}`, async () => {
        const result = await env('add', url, '--json')
        expect(result.exitCode).to.equal(2)
        expect(result.json<Failure>().error.code).to.equal('USAGE')
        expect(result.stdout).not.to.contain('secret')
      })
    }

    it('refuses http to another machine unless --allow-http accepts it, and remembers that', async () => {
      // 0.0.0.0 is this machine, but no address that is promised to be: the CLI has to take it for another one.
      const {createServer} = await import('node:http')
      const server = createServer((_, response) => response.end(JSON.stringify({version: '1', requires_auth: true})))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const url = `http://0.0.0.0:${(server.address() as {port: number}).port}`
      const refused = await env('add', url, '--json')
      expect(refused.exitCode).to.equal(2)
      expect(refused.json<Failure>().error.suggestions.join()).to.contain('--allow-http')
      const accepted = await env('add', url, '--allow-http', '--json')
      server.close()
      expect(accepted.json()).to.include({api_url: url, active: true})
      const recorded = Object.entries(sandbox.files()).find(([name]) => name.includes('0.0.0.0'))
      expect(JSON.parse(recorded?.[1] ?? '')).to.include({allow_http: true})
      expect((await env('list')).stdout).to.match(/0\.0\.0\.0:\d+ +required +- +in clear/)
    })

    it('exits 2 without a URL and anybody to ask', async () => {
      const result = await env('add', '--json')
      expect(result.exitCode).to.equal(2)
      expect(result.json<Failure>().error.code).to.equal('INPUT_REQUIRED')
    })
  })

  describe('auth env switch', () => {
    it('keeps the current profile of each environment', async () => {
      await using other = await startDevControlPlane()
      await prepare(sandbox, ['auth', 'env', 'add', plane.url])
      await prepareToken(sandbox, grace.key, '--name', 'a-first')
      await prepareToken(sandbox, ada.key, '--name', 'b-second', '--project-id', 'prj-notes')
      await prepare(sandbox, ['auth', 'env', 'add', other.url])
      await prepareToken(sandbox, grace.key, '--name', 'elsewhere')
      const back = await env('switch', plane.url)
      expect(back.stderr).to.contain('b-second')
      expect((await sandbox.run(['auth', 'project', '--json'])).json<Failure>().error.code).to.equal('INPUT_REQUIRED')
      const profiles = (await sandbox.run(['auth', 'list', '--json'])).json<{name: string; active: boolean}[]>()
      expect(profiles.find(({active}) => active)?.name).to.equal('b-second')
    })

    it('switches to a server that does not answer, keeps what was known, and warns', async () => {
      await using other = await startDevControlPlane()
      await prepare(sandbox, ['auth', 'env', 'add', plane.url])
      await prepare(sandbox, ['auth', 'env', 'add', other.url])
      await plane.close()
      const result = await env('switch', plane.url, '--json')
      expect(result.exitCode).to.equal(0)
      expect(result.json()).to.include({api_url: plane.url, requires_auth: true, min_llamactl_version: '0.3.0a13'})
      expect(result.stderr).to.contain('Warning').and.to.contain('cannot be reached')
      expect(await current()).to.equal(plane.url)
    })

    it('exits 1 for one that is not known, and names the command that adds it', async () => {
      const result = await env('switch', 'https://unknown.invalid', '--json')
      expect(result.exitCode).to.equal(1)
      expect(result.json<Failure>().error.code).to.equal('ENVIRONMENT_NOT_FOUND')
      expect(result.json<Failure>().error.suggestions.join()).to.contain(
        'llamactl auth env add https://unknown.invalid',
      )
    })

    it('exits 2 without a URL and anybody to ask, and lists the URLs', async () => {
      const result = await env('switch')
      expect(result.exitCode).to.equal(2)
      expect(result.stderr).to.contain(DEFAULT_URL)
    })
  })

  describe('auth env delete', () => {
    it('logs out the profiles, forgets the environment, and goes back to the default one', async () => {
      await prepare(sandbox, ['auth', 'env', 'add', plane.url])
      await logIn(sandbox, plane, {user: grace.email})
      await prepareToken(sandbox, ada.key, '--project-id', 'prj-notes')
      const key = plane.apiKeys().find(({name}) => name.includes('llamactl on'))
      const result = await env('delete', plane.url, '--json')
      const nothing = {revoked: null, api_key: null, refresh_token_revoked: null}
      expect(result.json()).to.deep.equal({
        api_url: plane.url,
        deleted: true,
        profiles: [
          {
            ...{name: grace.email, api_url: plane.url, deleted: true, revoked: true},
            ...{api_key: {id: key?.id, deleted: true}, refresh_token_revoked: true},
          },
          {name: ada.keyName, api_url: plane.url, deleted: true, ...nothing},
        ],
      })
      expect(plane.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.deep.equal([])
      expect(await current()).to.equal(DEFAULT_URL)
      expect(sandbox.files()).to.deep.equal({})
    })

    it('remembers the key that could not be deleted, for when the environment is added again', async () => {
      await prepare(sandbox, ['auth', 'env', 'add', plane.url])
      await logIn(sandbox, plane, {user: grace.email})
      plane.faults.add({method: 'DELETE', path: /api-keys/, status: 503})
      const result = await env('delete', plane.url)
      expect(result.exitCode).to.equal(0)
      expect(result.stderr).to.contain('add that environment again')
      expect((await env('list', '--json')).json<unknown[]>()).to.have.length(1)

      await env('add', plane.url)
      const again = await logIn(sandbox, plane, {user: grace.email})
      expect(again.stderr).to.contain('is deleted now')
      expect(plane.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.have.length(1)
    })

    it('ends the logins that can be ended, stays for the one that cannot, and says both', async () => {
      await prepare(sandbox, ['auth', 'env', 'add', plane.url])
      await prepareToken(sandbox, grace.key, '--name', 'a')
      const folder = `${sandbox.configFolder}/credentials`
      const [entry] = readdirSync(folder)
      await prepareToken(sandbox, ada.key, '--project-id', 'prj-notes', '--name', 'b')
      rmSync(`${folder}/${entry}`)
      mkdirSync(`${folder}/${entry}`)
      const result = await env('delete', plane.url, '--json')
      expect(result.exitCode).to.equal(1)
      expect(result.json()).to.have.nested.property('error.code', 'STORAGE_ERROR')
      expect(result.json()).to.deep.include({api_url: plane.url, deleted: false})
      const {profiles} = result.json<{profiles: {name: string; deleted: boolean}[]}>()
      expect(profiles.map(({name, deleted}) => [name, deleted])).to.deep.equal([
        ['a', false],
        ['b', true],
      ])
      rmSync(`${folder}/${entry}`, {recursive: true})
      expect((await env('delete', plane.url)).exitCode).to.equal(0)
    })

    it('leaves the current environment alone when it is another one', async () => {
      await using other = await startDevControlPlane()
      await prepare(sandbox, ['auth', 'env', 'add', other.url])
      await prepare(sandbox, ['auth', 'env', 'add', plane.url])
      await env('delete', other.url)
      expect(await current()).to.equal(plane.url)
    })

    it('exits 1 for one that is not known', async () => {
      const result = await env('delete', 'https://unknown.invalid', '--json')
      expect(result.exitCode).to.equal(1)
      expect(result.json<Failure>().error.code).to.equal('ENVIRONMENT_NOT_FOUND')
    })
  })

  describe('the environment of a command', () => {
    let other: DevControlPlane

    beforeEach(async () => {
      other = await startDevControlPlane()
      await prepare(sandbox, ['auth', 'env', 'add', other.url])
      await prepareToken(sandbox, grace.key, '--name', 'in-other')
      await prepare(sandbox, ['auth', 'env', 'add', plane.url])
      await prepareToken(sandbox, grace.key, '--name', 'in-plane')
    })
    afterEach(() => other.close())

    const names = async (args: string[], variables: Record<string, string> = {}) =>
      (await sandbox.run(['auth', 'list', '--json', ...args], {env: variables}))
        .json<{name: string}[]>()
        .map(({name}) => name)
        .join()

    it('is the current one when nothing is said', async () => {
      expect(await names([])).to.equal('in-plane')
    })

    it('is that of --environment, whatever LLAMA_CLOUD_BASE_URL says', async () => {
      expect(await names(['--environment', `${other.url}/`], {LLAMA_CLOUD_BASE_URL: plane.url})).to.equal('in-other')
    })

    it('is that of LLAMA_CLOUD_BASE_URL before the current one, and an empty variable is none', async () => {
      expect(await names([], {LLAMA_CLOUD_BASE_URL: other.url})).to.equal('in-other')
      expect(await names([], {LLAMA_CLOUD_BASE_URL: ' '})).to.equal('in-plane')
    })

    it('is the default one when there is no other', async () => {
      await env('delete', plane.url)
      await env('delete', other.url)
      const {stderr} = await sandbox.run(['auth', 'list'])
      expect(stderr).to.contain(DEFAULT_URL)
    })

    it('has to be known when it is named by the flag', async () => {
      for (const command of [
        ['list'],
        ['switch', 'x'],
        ['logout', 'x'],
        ['project', 'x'],
        ['token'],
        ['login'],
        ['env', 'list'],
      ]) {
        const result = await sandbox.run(['auth', ...command, '--environment', 'https://unknown.invalid', '--json'])
        expect(result.exitCode, command.join(' ')).to.equal(1)
        expect(result.json<Failure>().error.code, command.join(' ')).to.equal('ENVIRONMENT_NOT_FOUND')
      }
    })

    it('changes nothing for the next command', async () => {
      await sandbox.run(['auth', 'project', grace.project, '--environment', other.url])
      expect(await current()).to.equal(plane.url)
      expect(await names([])).to.equal('in-plane')
    })
  })
})
