import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS} from '../../../plugin-auth/test/support/secret-service.js'
import {startKeychain} from '../support/keychain-sandbox.js'
import {logIn} from '../support/log-in.js'
import {ada, grace} from '../support/people.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

const EXAMPLE = fileURLToPath(new URL('../../../../examples/plugin-deployments', import.meta.url))
const link = async (sandbox: Sandbox, folder: string): Promise<void> => {
  const {exitCode, stderr} = await sandbox.run(['plugins', 'link', folder, '--no-install'])
  expect(exitCode, stderr).to.equal(0)
}
const list = (sandbox: Sandbox, ...args: string[]) => sandbox.run(['deployments', 'list', ...args])
const names = async (sandbox: Sandbox, ...args: string[]): Promise<string[]> => {
  const {exitCode, stderr, ...finished} = await list(sandbox, ...args, '--json')
  expect(exitCode, stderr).to.equal(0)
  return finished.json<{name: string}[]>().map(({name}) => name)
}
const FLOW = ['flow-1', 'flow-2', 'flow-3']

async function deleteMinted(plane: DevControlPlane, key: string): Promise<void> {
  for (const {id} of plane.apiKeys().filter(({name}) => name.includes('llamactl on')))
    await fetch(`${plane.url}/api/v1/api-keys/${id}`, {method: 'DELETE', headers: {authorization: `Bearer ${key}`}})
}

describe('a plugin of somebody else, linked into the built host', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane({interval: 0.1, algorithm: 'ES256'})
    sandbox = createSandbox()
    await link(sandbox, EXAMPLE)
    await sandbox.run(['auth', 'env', 'add', plane.url])
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })
  afterEach(() => sandbox.run(['auth', 'logout', '--all']))

  const failure = async (...args: string[]) => {
    const {exitCode, ...finished} = await list(sandbox, ...args, '--json')
    return {exitCode, ...finished.json<Failure>().error}
  }
  const token = (key: string, project: string) =>
    sandbox.run(['auth', 'token', '--api-key', '-', '--project-id', project], {stdin: key})

  it('lists with an API key, in text and in JSON', async () => {
    await token(ada.key, 'prj-notes')
    const {stdout, exitCode} = await list(sandbox)
    expect(exitCode).to.equal(0)
    expect(stdout.split('\n').map((line) => line.split(/\s+/))).to.deep.equal([
      ['notes-1', 'Running', 'main'],
      ['notes-2', 'Running', 'main'],
      [''],
    ])
    expect(await names(sandbox)).to.deep.equal(['notes-1', 'notes-2'])
  })

  it('has the flags of an identity, and shows them in its help', async () => {
    await token(ada.key, 'prj-notes')
    await token(grace.key, 'prj-flow')
    const [first = ''] = (await sandbox.run(['auth', 'list', '--json'])).json<{name: string}[]>().map(({name}) => name)
    expect(await names(sandbox, '--profile', first, '--project', 'prj-invoices')).to.deep.equal(['invoices-1'])
    const {stdout} = await list(sandbox, '--help')
    expect(stdout).to.include('--environment').and.include('--profile').and.include('--project-id')
  })

  it('lists with the key of a variable, and no profile', async () => {
    const env = {LLAMA_CLOUD_API_KEY: ada.key, LLAMA_AGENTS_PROJECT_ID: 'prj-notes', LLAMA_CLOUD_BASE_URL: plane.url}
    const {stdout, exitCode} = await sandbox.run(['deployments', 'list'], {env})
    expect([exitCode, stdout.split('\n').length]).to.deep.equal([0, 3])
  })

  it('lists after a browser login', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    expect(await names(sandbox)).to.deep.equal(FLOW)
  })

  it('goes on after its key was deleted at the server, with an access token that is refreshed', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    await deleteMinted(plane, grace.key)
    const before = plane.requests.length
    expect(await names(sandbox)).to.deep.equal(FLOW)
    const asked = plane.requests.slice(before).filter(({path}) => /deployments$|token$/.test(path))
    expect(asked.map(({path, status}) => [path, status])).to.deep.equal([
      ['/api/v1beta1/deployments', 401],
      ['/oidc/token', 200],
      ['/api/v1beta1/deployments', 200],
    ])
  })

  it('fails with 4 and NOT_LOGGED_IN without a login, and names the way in', async () => {
    const {exitCode, code, suggestions} = await failure('--project-id', 'prj-notes')
    expect([exitCode, code]).to.deep.equal([4, 'NOT_LOGGED_IN'])
    expect(suggestions.join('\n')).to.include('llamactl auth login')
  })

  it('fails with 1 in a project that this person does not see, and with 2 without one', async () => {
    await token(ada.key, 'prj-notes')
    const {exitCode, code, message} = await failure('--project-id', 'prj-none')
    expect([exitCode, code]).to.deep.equal([1, 'SERVER_ERROR'])
    expect(message).to.include('Project not found')
    const env = {LLAMA_CLOUD_USE_PROFILE: '1'}
    expect((await sandbox.run(['deployments', 'list', '--project-id='], {env})).exitCode).to.equal(2)
  })

  it('fails with 4 and CREDENTIAL_REJECTED where the key is not accepted any more, and never shows it', async () => {
    await token(ada.key, 'prj-notes')
    const back = plane.faults.add({path: /deployments$/, status: 401})
    const {stdout, stderr, exitCode} = await sandbox.run(['deployments', 'list', '--json'], {env: {DEBUG: '*'}})
    back.remove()
    expect([exitCode, (JSON.parse(stdout) as Failure).error.code]).to.deep.equal([4, 'CREDENTIAL_REJECTED'])
    expect(stdout + stderr).not.to.include(ada.key)
  })

  it('fails with 2 for a flag that is not there, as our own commands do', async () => {
    const {exitCode, code} = await failure('--nonsense')
    expect([exitCode, code]).to.deep.equal([2, 'USAGE'])
  })

  it('tries again where the server is not ready', async () => {
    await token(ada.key, 'prj-notes')
    plane.faults.add({path: /deployments$/, status: 503, times: 1})
    expect(await names(sandbox)).to.deep.equal(['notes-1', 'notes-2'])
  })
})

describe('a plugin of somebody else, with the keychain', () => {
  requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')
  let started: Awaited<ReturnType<typeof startKeychain>>

  before(async () => {
    started = await startKeychain({interval: 0.1, algorithm: 'ES256'})
    await link(started.sandbox, EXAMPLE)
  })
  after(() => started.stop())

  it('takes the access token that is kept, and a new one when the server refuses that', async () => {
    const {sandbox, plane} = started
    await logIn(sandbox, plane, {user: grace.email})
    await deleteMinted(plane, grace.key)
    const refreshes = () => plane.requests.filter(({path}) => path === '/oidc/token').length
    const before = refreshes()
    for (const expected of [1, 1]) {
      expect(await names(sandbox)).to.deep.equal(FLOW)
      expect(refreshes() - before).to.equal(expected)
    }

    await plane.rotateKeys()
    expect(await names(sandbox)).to.deep.equal(FLOW)
    expect(refreshes() - before).to.equal(2)
  })
})

describe('the hook auth:changed', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox
  let heard: string

  before(async () => {
    plane = await startDevControlPlane({interval: 0.1, algorithm: 'ES256'})
    sandbox = createSandbox()
    heard = join(sandbox.folder, 'heard')
    const folder = join(sandbox.folder, 'plugin-listener')
    mkdirSync(folder)
    const hooks = {'auth:changed': './listen.mjs'}
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({name: 'plugin-listener', version: '1.0.0', type: 'module', files: [], oclif: {hooks}}),
    )
    writeFileSync(
      join(folder, 'listen.mjs'),
      `import {appendFileSync} from 'node:fs'
export default async function ({changes}) {
  appendFileSync(${JSON.stringify(heard)}, JSON.stringify(changes) + '\\n')
  this.log('said by a hook')
  if (process.env.HOOK === 'throws') throw new Error('of the hook')
  if (process.env.HOOK === 'exits') this.exit(9)
  if (process.env.HOOK === 'waits') await new Promise((resolve) => setTimeout(resolve, 60_000).unref())
}
`,
    )
    await link(sandbox, folder)
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })
  beforeEach(() => rmSync(heard, {force: true}))

  const told = (): unknown[] =>
    existsSync(heard)
      ? readFileSync(heard, 'utf8')
          .trim()
          .split('\n')
          .flatMap((line) => JSON.parse(line) as unknown[])
      : []
  const token = (env: Record<string, string> = {}) =>
    sandbox.run(['auth', 'token', '--api-key', '-', '--project-id', 'prj-notes', '--name', 'work', '--json'], {
      stdin: ada.key,
      env,
    })

  it('hears of an environment, a login, a project, a switch and a logout, and of no secret', async () => {
    const {url: apiUrl} = plane
    await sandbox.run(['auth', 'env', 'add', apiUrl])
    await token()
    await sandbox.run(['auth', 'project', 'prj-invoices'])
    await sandbox.run(['auth', 'switch', 'work'])
    await sandbox.run(['auth', 'switch', 'work', '--here'])
    await sandbox.run(['auth', 'switch', '--here', '--unset'])
    await logIn(sandbox, plane, {user: grace.email})
    await sandbox.run(['auth', 'rotate'])
    await sandbox.run(['auth', 'logout', 'work'])
    await sandbox.run(['auth', 'env', 'switch', apiUrl])
    await sandbox.run(['auth', 'env', 'delete', apiUrl])
    const profile = 'work'
    const {email} = grace
    expect(told()).to.deep.equal([
      {change: 'env:add', apiUrl, profile: null},
      {change: 'login', apiUrl, profile},
      {change: 'project', apiUrl, profile},
      {change: 'switch', apiUrl, profile},
      {change: 'switch', apiUrl, profile, folder: sandbox.folder},
      {change: 'switch', apiUrl: null, profile: null, folder: sandbox.folder},
      {change: 'login', apiUrl, profile: email},
      {change: 'rotate', apiUrl, profile: email},
      {change: 'logout', apiUrl, profile},
      {change: 'env:switch', apiUrl, profile: null},
      {change: 'logout', apiUrl, profile: email},
      {change: 'env:delete', apiUrl, profile: null},
    ])
    expect(readFileSync(heard, 'utf8')).not.to.include(ada.key)
  })

  it('hears nothing where nothing changed', async () => {
    await sandbox.run(['auth', 'env', 'add', plane.url])
    rmSync(heard)
    await sandbox.run(['auth', 'list'])
    await sandbox.run(['auth', 'switch', 'nobody'])
    await sandbox.run(['auth', 'logout', 'nobody'])
    expect(told()).to.deep.equal([])
  })

  for (const [what, says] of [
    ['throws', 'Plugin plugin-listener failed over what has changed: of the hook'],
    ['exits', 'Plugin plugin-listener failed over what has changed'],
    ['waits', 'It is not waited for'],
  ] as const) {
    it(`that ${what} leaves the login and its JSON whole`, async () => {
      await sandbox.run(['auth', 'env', 'add', plane.url])
      const {stdout, stderr, exitCode} = await token({HOOK: what})
      expect([exitCode, (JSON.parse(stdout) as {name: string}).name]).to.deep.equal([0, 'work'])
      expect(stderr).to.include('said by a hook').and.include(`Warning: `).and.include(says)
      expect((await sandbox.run(['auth', 'status'])).exitCode).to.equal(0)
    })
  }
})
