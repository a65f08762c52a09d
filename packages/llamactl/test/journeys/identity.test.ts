import {mkdirSync, readdirSync, realpathSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS, type SecretService} from '../../../plugin-auth/test/support/secret-service.js'
import {useKeychain} from '../support/keychain-sandbox.js'
import {logIn} from '../support/log-in.js'
import {ada, grace} from '../support/people.js'
import {prepare, prepareToken} from '../support/prepare.js'
import {createSandbox, type Failure, type RunOptions, type Sandbox} from '../support/sandbox.js'

interface Status {
  state: string
  usable: boolean
  environment: {api_url: string; source: string; from: string | null; shadows: object[]}
  profile: {name: string | null; source: string | null; from: string | null; shadows: {name: string | null}[]}
  project: {project_id: string | null; project_name: string | null; source: string | null; from: string | null}
  user: {id: string; email: string} | null
  credential: {store: string; engine: string | null; account: string | null} | null
  expires_at: string | null
}

describe('who I am', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
    await prepareToken(sandbox, ada.key, '--name', 'ada', '--project-id', 'prj-notes')
    await prepareToken(sandbox, grace.key, '--name', 'grace')
  })
  afterEach(async () => {
    sandbox.remove()
    await plane.close()
  })

  const token = (key: string, ...args: string[]) =>
    sandbox.run(['auth', 'token', '--api-key', '-', ...args], {stdin: key})
  const auth = (args: string[], options: RunOptions = {}) => sandbox.run(['auth', ...args], options)
  const status = async (args: string[] = [], options: RunOptions = {}) => {
    const {exitCode, json} = await auth(['status', '--json', ...args], options)
    return {exitCode, ...json<Status & Partial<Failure>>()}
  }
  /** As the CLI sees it. */
  const folderNamed = (name: string) => {
    const path = join(sandbox.folder, name)
    mkdirSync(path, {recursive: true})
    return realpathSync(path)
  }
  const variables = () => ({
    LLAMA_CLOUD_API_KEY: ada.key,
    LLAMA_AGENTS_PROJECT_ID: 'prj-flow',
    LLAMA_CLOUD_BASE_URL: plane.url,
  })

  describe('auth status', () => {
    it('says each value with what named it, and tries the credential', async () => {
      const {stdout, exitCode} = await auth(['status'])
      expect(exitCode).to.equal(0)
      const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))
      expect(lines[0]).to.equal(`Environment | ${plane.url} | current`)
      expect(lines[1]).to.equal('Profile | grace | current')
      expect(lines[2]).to.equal('Project | prj-flow (Flow) | of the profile')
      expect(lines[3]).to.equal('User | grace@example.com, user-grace')
      expect(lines[4]).to.match(/^Secret \| file credentials\/[\w-]+\.json$/)
      expect(lines[5]).to.equal('State | valid')
      const {json} = await auth(['whoami', '-o', 'json'])
      expect(json<Status>()).to.deep.include({state: 'valid', usable: true})
      expect(json<Status>().user).to.deep.equal({id: 'user-grace', email: grace.email})
    })

    it('exits 4 where nobody is logged in, with the commands that log in, and the same JSON as ever', async () => {
      await auth(['logout', '--all'])
      const {exitCode, state, error, profile} = await status()
      expect({exitCode, state, code: error?.code}).to.deep.equal({exitCode: 4, state: 'missing', code: 'NOT_LOGGED_IN'})
      expect(profile.name).to.equal(null)
      const text = await auth(['status'])
      expect(text.exitCode).to.equal(4)
      expect(text.stdout).to.match(/^State +missing$/m)
      expect(text.stderr).to.contain('llamactl auth login')
    })

    it('exits 4 for a key that the server rejects, and one that is gone from the store', async () => {
      const env = {...variables(), LLAMA_CLOUD_API_KEY: 'llx-nobody-has-this-key'}
      expect(await status([], {env})).to.deep.include({exitCode: 4, state: 'rejected', usable: false})
      const credentials = join(sandbox.configFolder, 'credentials')
      for (const name of readdirSync(credentials)) rmSync(join(credentials, name))
      const gone = await status()
      expect({exitCode: gone.exitCode, state: gone.state}).to.deep.equal({exitCode: 4, state: 'missing'})
      expect(gone.error?.code).to.equal('CREDENTIAL_MISSING')
    })

    it('exits 1 where the server is away, and asks nobody with --offline', async () => {
      const requests = plane.requests.length
      expect(await status(['--offline'])).to.deep.include({exitCode: 0, state: 'unverified', usable: true})
      expect(plane.requests.length).to.equal(requests)
      await plane.close()
      const away = await status()
      expect({exitCode: away.exitCode, state: away.state}).to.deep.equal({exitCode: 1, state: 'unreachable'})
      expect(away.profile.name).to.equal('grace')
    })

    it('calls a server that answers nonsense neither valid nor unreachable', async () => {
      plane.faults.add({path: /list-projects/, status: 500, body: {detail: 'broken'}, times: Infinity})
      expect(await status()).to.deep.include({exitCode: 1, state: 'unverified', usable: false})
    })

    it('asks nobody with --offline, not even what an environment needs that was never added', async () => {
      const other = await startDevControlPlane()
      try {
        const env = {LLAMA_CLOUD_BASE_URL: other.url}
        expect(await status(['--offline'], {env})).to.deep.include({exitCode: 4, state: 'missing'})
        expect(other.requests).to.have.length(0)
      } finally {
        await other.close()
      }
    })

    it('takes an empty name for a mistake of a script', async () => {
      for (const args of [
        ['--profile', ''],
        ['--project-id', ' '],
      ])
        expect((await auth(['status', ...args])).exitCode, args.join()).to.equal(2)
    })

    it('warns of a project that the credential does not see', async () => {
      const {stderr, exitCode} = await auth(['status', '--project-id', 'prj-nowhere'])
      expect(exitCode).to.equal(0)
      expect(stderr).to.contain('prj-nowhere').and.to.contain('llamactl auth project')
    })

    for (const [lifetime, state, exitCode] of [
      [3600, 'valid', 0],
      [0.001, 'expired', 4],
    ] as const) {
      it(`says of a key that a login made for ${lifetime} seconds when it expires, and calls it ${state}`, async () => {
        const expiring = await startDevControlPlane({apiKeyLifetime: lifetime})
        try {
          await auth(['env', 'add', expiring.url])
          await logIn(sandbox, expiring, {user: grace.email})
          const asked = await status()
          expect({exitCode: asked.exitCode, state: asked.state}).to.deep.equal({exitCode, state})
          expect(asked.expires_at).to.match(/^20.*Z$/)
          if (state === 'valid') return
          expect(asked.error?.message).to.contain(asked.expires_at)
          expect(await status(['--offline'])).to.deep.include({exitCode, state})
        } finally {
          await expiring.close()
        }
      })
    }

    it('works without a login where none is needed', async () => {
      const open = await startDevControlPlane({requiresAuth: false})
      try {
        await auth(['env', 'add', open.url])
        expect(await status()).to.deep.include({exitCode: 0, state: 'valid', credential: null})
      } finally {
        await open.close()
      }
    })

    it('shows no key in any form', async () => {
      const env = {...variables(), DEBUG: '*'}
      for (const args of [[], ['--json'], ['-o', 'yaml'], ['--offline']]) {
        const {stdout, stderr} = await auth(['status', ...args], {env})
        expect(stdout + stderr).not.to.contain(ada.key)
      }
    })
  })

  describe('for one command', () => {
    it('is what --profile and --environment say, and what is stored stays', async () => {
      const before = sandbox.files()
      expect((await status(['--profile', 'ada'])).project).to.include({project_id: 'prj-notes', project_name: 'Notes'})
      const {profile, environment} = await status(['--profile', 'ada', '--environment', plane.url], {env: variables()})
      expect(profile).to.include({name: 'ada', source: 'flag', from: '--profile'})
      expect(environment).to.include({source: 'flag', from: '--environment'})
      expect(sandbox.files()).to.deep.equal(before)
    })

    it('is the key of the variables, with everything that it hides', async () => {
      const {profile, project, credential, user} = await status([], {env: {...variables(), LLAMACTL_PROFILE: 'ada'}})
      expect(profile).to.include({name: null, source: 'variable', from: 'LLAMA_CLOUD_API_KEY'})
      expect(profile.shadows.map(({name}) => name)).to.deep.equal(['ada', 'grace'])
      expect(project).to.include({project_id: 'prj-flow', from: 'LLAMA_AGENTS_PROJECT_ID'})
      expect(credential).to.include({store: 'variable'})
      expect(user?.email).to.equal(ada.email)
      const skipping = await status([], {env: {...variables(), LLAMA_CLOUD_USE_PROFILE: '1'}})
      expect(skipping.profile.name).to.equal('grace')
    })

    it('is the profile of LLAMACTL_PROFILE, and an error that names the variable where nobody has that name', async () => {
      expect((await status([], {env: {LLAMACTL_PROFILE: 'ada'}})).profile).to.include({from: 'LLAMACTL_PROFILE'})
      const {error, exitCode} = await status([], {env: {LLAMACTL_PROFILE: 'nobody'}})
      expect({exitCode, code: error?.code}).to.deep.equal({exitCode: 1, code: 'PROFILE_NOT_FOUND'})
      expect(error?.message).to.contain('LLAMACTL_PROFILE')
    })

    it('says when a key does not count, because a project is missing beside it', async () => {
      const {stderr, exitCode} = await auth(['projects'], {env: {LLAMA_CLOUD_API_KEY: ada.key}})
      expect(exitCode).to.equal(0)
      expect(stderr).to.contain('LLAMA_CLOUD_API_KEY').and.to.contain('LLAMA_AGENTS_PROJECT_ID')
    })

    it('lets commands that change a profile take it from the same places, but never from a key', async () => {
      const env = {...variables(), LLAMACTL_PROFILE: 'ada'}
      expect((await auth(['project', 'prj-invoices', '--json'], {env})).json()).to.include({
        name: 'ada',
        project_id: 'prj-invoices',
        active: false,
      })
      expect((await auth(['project', 'prj-notes', '--profile', 'ada'])).stdout).to.contain('Profile ada')
    })
  })

  describe('where a variable wins', () => {
    it('does not keep anybody from logging in, switching or logging out, and is said in one line', async () => {
      const env = variables()
      for (const args of [
        ['switch', 'ada'],
        ['token', '--api-key', '-', '--name', 'ada', '--project-id', 'prj-notes'],
        ['logout', 'grace'],
      ]) {
        const {stderr, exitCode} = await auth(args, {env, ...(args[0] === 'token' && {stdin: ada.key})})
        expect(exitCode, stderr).to.equal(0)
        const said = stderr.split('\n').filter((line) => line.includes('LLAMA_CLOUD_API_KEY'))
        expect(said, args.join(' ')).to.have.length(1)
        expect(said[0]).to.contain('LLAMA_CLOUD_USE_PROFILE=1')
      }

      expect((await status()).profile.name).to.equal('ada')
    })

    for (const [what, url] of [
      ['no URL', 'garbage'],
      ['one that was never added', 'https://unknown.example'],
      ['http to another machine', 'http://unknown.example'],
    ] as const) {
      it(`does not keep anybody from switching and logging out: LLAMA_CLOUD_BASE_URL is ${what}`, async () => {
        const env = {LLAMA_CLOUD_BASE_URL: url}
        for (const args of [
          ['switch', 'ada'],
          ['logout', 'ada'],
        ]) {
          const {stderr, exitCode} = await auth(args, {env})
          expect(exitCode, stderr).to.equal(0)
          expect(stderr.split('\n').filter((line) => line.includes('LLAMA_CLOUD_BASE_URL'))).to.have.length(1)
        }
      })
    }

    it('is said after a switch in another environment than that of LLAMA_CLOUD_BASE_URL', async () => {
      const env = {LLAMA_CLOUD_BASE_URL: 'https://api.cloud.llamaindex.ai'}
      const {stderr} = await auth(['switch', 'ada', '--environment', plane.url], {env})
      expect(stderr).to.contain('LLAMA_CLOUD_BASE_URL is set to another environment')
      const {stderr: missing} = await auth(['list', 'ada'], {env})
      expect(missing).to.contain('https://api.cloud.llamaindex.ai is used because of LLAMA_CLOUD_BASE_URL')
    })

    it('is said after a switch to another profile than that of LLAMACTL_PROFILE alone', async () => {
      const env = {LLAMACTL_PROFILE: 'ada'}
      expect((await auth(['switch', 'grace'], {env})).stderr).to.contain('LLAMACTL_PROFILE')
      expect((await auth(['switch', 'ada'], {env})).stderr).to.equal('')
    })
  })

  describe('in a folder that is bound to a profile', () => {
    it('is that profile, in folders below it too, until it is unbound', async () => {
      const work = folderNamed('work')
      const below = folderNamed('work/client/src')
      const bound = await auth(['switch', 'ada', '--here', '--json'], {cwd: work})
      expect(bound.json()).to.include({name: 'ada', active: false, folder: work})
      expect(readdirSync(work)).to.deep.equal(['client'])
      expect((await status([], {cwd: below})).profile).to.deep.include({
        name: 'ada',
        source: 'binding',
        from: work,
        shadows: [{name: 'grace', source: 'current', from: null}],
      })
      expect((await status()).profile.name).to.equal('grace')

      const list = await auth(['list'], {cwd: below})
      expect(list.stdout).to.match(new RegExp(`^ +ada .*${work}$`, 'm'))
      expect(list.stderr).to.contain(`${work} is bound to ada`)

      const refused = await auth(['switch', '--here', '--unset'], {cwd: below})
      expect(refused.exitCode).to.equal(2)
      expect(refused.stderr).to.contain(work)
      expect((await auth(['switch', '--here', '--unset', '--json'], {cwd: work})).json()).to.deep.equal({
        folder: work,
        was_bound: true,
      })
      expect((await status([], {cwd: below})).profile.name).to.equal('grace')
    })

    it('works in the environment of the binding, and env delete unbinds', async () => {
      const other = await startDevControlPlane()
      try {
        const work = folderNamed('work')
        await auth(['env', 'add', other.url])
        await token(ada.key, '--name', 'there', '--project-id', 'prj-notes')
        await auth(['switch', 'there', '--here'], {cwd: work})
        await auth(['env', 'switch', plane.url])
        expect((await status([], {cwd: work})).environment).to.include({api_url: other.url, source: 'binding'})
        const listed = await auth(['env', 'list'], {cwd: work})
        expect(listed.stderr).to.contain(`${work} is bound to ${other.url}`)
        expect((await auth(['env', 'delete', other.url])).stderr).to.contain(`${work} is bound to it no longer`)
        expect((await status([], {cwd: work})).environment.api_url).to.equal(plane.url)
      } finally {
        await other.close()
      }
    })

    it('goes on with the profile when a login gives it another name', async () => {
      const work = folderNamed('work')
      await auth(['switch', 'grace', '--here'], {cwd: work})
      await token(grace.key, '--name', 'office')
      expect((await status([], {cwd: work})).profile).to.include({name: 'office', source: 'binding'})
    })

    it('shows the name of a folder without what it would do to a terminal', async () => {
      const work = folderNamed('evil\u001B]0;owned\u0007')
      const {stdout, stderr} = await auth(['switch', 'ada', '--here'], {cwd: work})
      const {stderr: wins} = await auth(['switch', 'grace'], {cwd: work})
      const {stdout: shown} = await auth(['status'], {cwd: work})
      for (const text of [stdout, stderr, wins, shown]) expect(text).not.to.match(/[^\P{Cc}\n]/u)
      expect((await status([], {cwd: work})).profile.name).to.equal('ada')
    })

    it('is nobody else where that profile was logged out, and the same person after a new login', async () => {
      const work = folderNamed('work')
      await auth(['switch', 'ada', '--here'], {cwd: work})
      expect((await auth(['logout', 'ada'])).stderr).to.contain(`${work} is still bound to ada`)
      const gone = await status([], {cwd: work})
      expect({exitCode: gone.exitCode, code: gone.error?.code}).to.deep.equal({exitCode: 1, code: 'PROFILE_NOT_FOUND'})
      expect(gone.error?.suggestions.join('\n')).to.contain('llamactl auth switch NAME --here')
      await token(ada.key, '--name', 'ada', '--project-id', 'prj-notes')
      expect((await status([], {cwd: work})).profile.name).to.equal('ada')
    })
  })

  describe('auth projects and auth organizations', () => {
    it('log in and list where there are ten thousand projects, in one request', async () => {
      const projects = Array.from({length: 10_000}, (_, index) => ({
        project_id: `5f0c2b1e-7d34-4c1a-9a55-${String(index).padStart(12, '0')}`,
        project_name: `Project ${index} of somebody`,
        deployment_count: 0,
        org_id: '5f0c2b1e-7d34-4c1a-9a55-aaaaaaaaaaaa',
      }))
      plane.faults.add({path: /list-projects$/, body: {projects}, times: Infinity})
      const login = await token(grace.key, '--name', 'many', '--project-id', projects.at(-1)!.project_id)
      expect(login.exitCode, login.stderr).to.equal(0)
      const before = plane.requests.length
      const {json} = await auth(['projects', '--org', 'org-compilers', '--json'])
      expect(json<object[]>()).to.have.length(10_000)
      expect(plane.requests.length - before).to.equal(1)
    })

    it('list what there is to choose from, and mark what is used', async () => {
      const {json} = await auth(['projects', '--profile', 'ada', '--json'])
      const listed = json<{project_id: string; active: boolean}[]>()
      expect(listed.map(({project_id}) => project_id)).to.deep.equal(ada.projects)
      expect(listed.find(({active}) => active)?.project_id).to.equal('prj-notes')
      expect(listed[0]).to.have.keys('project_id', 'project_name', 'deployment_count', 'org_id', 'active')
      const other = await auth(['projects', '--profile', 'ada', '--org', 'org-compilers', '--json'])
      expect(other.json<{project_id: string}[]>().map(({project_id}) => project_id)).to.deep.equal([ada.otherProject])
      const text = await auth(['projects', '--profile', 'ada'])
      expect(text.stdout).to.match(/^\* +Notes +prj-notes +2 +org-engines$/m)

      const organizations = await auth(['organizations', '--profile', 'ada', '--json'])
      expect(organizations.json()).to.deep.include({
        org_id: 'org-engines',
        org_name: 'Analytical Engines',
        is_default: true,
        active: true,
      })
    })

    it('print one project alone, and exit 1 for one that is not there', async () => {
      const one = await auth(['projects', ada.otherProject, '--profile', 'ada', '--json'])
      expect(one.json()).to.include({project_id: ada.otherProject, active: false})
      const {exitCode, json} = await auth(['projects', 'prj-nowhere', '--json'])
      expect({exitCode, code: json<Failure>().error.code}).to.deep.equal({exitCode: 1, code: 'PROJECT_NOT_FOUND'})
    })

    it('are empty on a server without organizations, which is said', async () => {
      const plain = await startDevControlPlane({organizations: false})
      try {
        await auth(['env', 'add', plain.url])
        await token(ada.key, '--project-id', 'prj-notes')
        const {stdout, stderr, exitCode} = await auth(['organizations', '-o', 'yaml'])
        expect({stdout, exitCode}).to.deep.equal({stdout: '[]\n', exitCode: 0})
        expect(stderr).to.contain('no organizations')
      } finally {
        await plain.close()
      }
    })
  })

  describe('by the names of the newest Python llamactl', () => {
    const json = async <T = Record<string, unknown>>(...args: string[]) => {
      const {exitCode, json: parse, stderr} = await sandbox.run([...args, '-o', 'json'])
      expect(exitCode, stderr).to.equal(0)
      return parse<T>()
    }

    it('reads profiles, environments, projects and organizations', async () => {
      expect(await json<object[]>('auth', 'get')).to.have.length(2)
      expect(await json('auth', 'get', 'ada')).to.include({
        name: 'ada',
        api_url: plane.url,
        project_id: 'prj-notes',
        active: false,
        auth_type: 'token',
      })
      expect(await json<object[]>('environments', 'get')).to.have.length(2)
      expect(await json('environments', 'get', plane.url)).to.include({api_url: plane.url, requires_auth: true})
      expect(await json<object[]>('projects', 'get')).to.have.length(1)
      expect(await json('projects', 'get', 'prj-flow')).to.include({project_name: 'Flow', active: true})
      expect(await json<object[]>('organizations', 'get')).to.deep.include({
        org_id: 'org-compilers',
        org_name: 'Compilers',
        is_default: true,
        active: true,
      })
      expect(await json('config')).to.deep.equal({
        environment: plane.url,
        profile: 'grace',
        project_id: 'prj-flow',
        project_name: 'Flow',
      })
      expect((await sandbox.run(['config'])).stdout.split('\n')).to.have.length(4)
      for (const missing of [
        ['auth', 'get', 'nobody'],
        ['config', '--profile', 'nobody'],
        ['environments', 'get', 'http://localhost:1'],
      ])
        expect((await sandbox.run(missing)).exitCode).to.equal(1)
    })

    it('changes what is current', async () => {
      expect((await sandbox.run(['auth', 'use', 'ada'])).exitCode).to.equal(0)
      expect((await sandbox.run(['projects', 'use', 'prj-invoices'])).exitCode).to.equal(0)
      expect((await status()).project.project_id).to.equal('prj-invoices')
      expect((await sandbox.run(['environments', 'use', 'https://api.cloud.llamaindex.ai'])).exitCode).to.equal(0)
      expect((await sandbox.run(['environments', 'add', plane.url])).exitCode).to.equal(0)
      expect((await sandbox.run(['environments', 'delete', plane.url])).exitCode).to.equal(0)
    })

    it('shows none of them in the help', async () => {
      const {stdout} = await sandbox.run(['--help'])
      expect(stdout).not.to.match(/environments|organizations|projects|config/)
      expect((await sandbox.run(['auth', '--help'])).stdout).not.to.match(/auth (?:get|use|config)\b/)
    })
  })
})

describe('who I am, with a keychain that is locked', () => {
  requireTools(...SECRET_SERVICE_TOOLS)

  let keychain: SecretService
  let sandbox: Sandbox

  useKeychain((started) => ({keychain, sandbox} = started))

  it('is said without the secret, exits 5, and names the engine that has it', async () => {
    await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
    const open = (await sandbox.run(['auth', 'status', '--json'])).json<Status>()
    expect(open).to.include({state: 'valid'})
    expect(open.credential).to.include({store: 'keychain', engine: 'keytar'})
    await keychain.lock()
    const {exitCode, json} = await sandbox.run(['auth', 'status', '--json'])
    expect({exitCode, state: json<Status>().state}).to.deep.equal({exitCode: 5, state: 'locked'})
    expect(json<Failure>().error.code).to.equal('KEYCHAIN_LOCKED')
    expect(json<Status>().profile.name).to.equal(grace.keyName)
  })
})
