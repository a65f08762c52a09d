import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {ada, grace, linus} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Sandbox} from '../support/sandbox.js'

describe('auth token', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
  })
  after(() => plane.close())
  beforeEach(async () => {
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(() => sandbox.remove())

  const token = (args: string[], options?: Parameters<Sandbox['run']>[1]) =>
    sandbox.run(['auth', 'token', ...args], options)
  const profile = (name: string, project_id: string) => ({
    name,
    api_url: plane.url,
    project_id,
    active: true,
    auth_type: 'token',
    credential_store: 'file',
  })

  it('reads a key from standard input, checks it, and makes a profile with the only project', async () => {
    const {stdout, stderr, exitCode} = await token(['--api-key', '-'], {stdin: `${grace.key}\n`})
    // What it waits for is said where that takes half a second.
    expect(stderr.replace('Checking the key …\n', '')).to.equal('')
    expect(stdout).to.equal(`Logged in to ${plane.url} as ${grace.keyName}, project ${grace.project}.\n`)
    expect(exitCode).to.equal(0)
  })

  it('prints the profile as JSON', async () => {
    const result = await token(['--api-key', '-', '--json'], {stdin: grace.key})
    expect(result.json()).to.deep.equal(profile(grace.keyName, grace.project))
  })

  it('takes the key from --api-key', async () => {
    expect((await token(['--api-key', grace.key, '--json'])).json()).to.deep.equal(
      profile(grace.keyName, grace.project),
    )
  })

  it('takes the key from LLAMA_CLOUD_API_KEY when the flag is absent, and says so', async () => {
    const {stderr, exitCode} = await token([], {env: {LLAMA_CLOUD_API_KEY: grace.key}})
    expect(stderr).to.contain('LLAMA_CLOUD_API_KEY')
    expect(exitCode).to.equal(0)
  })

  it('prefers --api-key over the variable', async () => {
    const result = await token(['--api-key', grace.key, '--json'], {env: {LLAMA_CLOUD_API_KEY: linus.key}})
    expect(result.json()).to.include({name: grace.keyName})
  })

  it('works in a named project of any organization', async () => {
    for (const id of [ada.projects[1] as string, ada.otherProject]) {
      const result = await token(['--api-key', '-', '--project-id', id, '--json'], {stdin: ada.key})
      expect(result.json()).to.deep.equal(profile(ada.keyName, id))
    }
  })

  it('knows --project as --project-id', async () => {
    const result = await token(['--api-key', '-', '--project', ada.otherProject, '--json'], {stdin: ada.key})
    expect(result.json()).to.include({project_id: ada.otherProject})
  })

  it('names --project-id and lists the projects of the default organization when there are several and nobody to ask', async () => {
    const {stdout, stderr, exitCode} = await token(['--api-key', '-'], {stdin: ada.key})
    expect(exitCode).to.equal(2)
    expect(stdout).to.equal('')
    expect(stderr).to.contain('--project-id').and.to.contain('(INPUT_REQUIRED)')
    for (const id of ada.projects) expect(stderr).to.contain(id)
    expect(stderr).not.to.contain(ada.otherProject)
  })

  it('refuses a project that the key cannot see, and lists those it can', async () => {
    const result = await token(['--api-key', '-', '--project-id', 'prj-nobody', '--json'], {stdin: ada.key})
    expect(result.exitCode).to.equal(1)
    const {error} = result.json<{error: {code: string; suggestions: string[]}}>()
    expect(error.code).to.equal('PROJECT_NOT_FOUND')
    expect(error.suggestions.join()).to.contain(ada.otherProject)
  })

  it('keeps nothing for an account without projects', async () => {
    const result = await token(['--api-key', '-', '--json'], {stdin: linus.key})
    expect(result.exitCode).to.equal(1)
    expect(result.json()).to.have.nested.property('error.code', 'NO_PROJECTS')
    expect(Object.keys(sandbox.files()).filter((name) => /profile|credential/.test(name))).to.deep.equal([])
  })

  it('exits 4 for a key that the server does not accept, and keeps nothing', async () => {
    const result = await token(['--api-key', '-', '--json'], {stdin: 'llx-wrong-key-0000'})
    expect(result.exitCode).to.equal(4)
    expect(result.json()).to.have.nested.property('error.code', 'CREDENTIAL_REJECTED')
    expect(result.stdout + result.stderr).not.to.contain('llx-wrong-key-0000')
    expect(Object.keys(sandbox.files()).filter((name) => /profile|credential/.test(name))).to.deep.equal([])
  })

  it('exits 2 and names the ways to give a key when there is none', async () => {
    const {stdout, stderr, exitCode} = await token([])
    expect(exitCode).to.equal(2)
    expect(stdout).to.equal('')
    expect(stderr).to.contain('llamactl auth token --api-key -').and.to.contain('LLAMA_CLOUD_API_KEY')
  })

  for (const [what, stdin] of [
    ['nothing', ''],
    ['a line break', '\n'],
    ['two words', 'llx one two'],
    ['two lines', 'llx-one\nllx-two\n'],
    ['a control character', 'llx-\u0007bell'],
    ['characters that fit no header', 'llx-ключ-ключ'],
  ] as const) {
    it(`refuses ${what} on standard input without quoting it (case 63)`, async () => {
      const {stderr, exitCode} = await token(['--api-key', '-'], {stdin})
      expect(exitCode).to.equal(2)
      expect(stderr).to.contain('(USAGE)')
      if (stdin.trim()) expect(stderr).not.to.contain(stdin.trim())
    })
  }

  it('accepts a key with a byte order mark and a Windows line end around it (case 63)', async () => {
    expect((await token(['--api-key', '-'], {stdin: `\uFEFF${grace.key}\r\n`})).exitCode).to.equal(0)
  })

  it('updates the profile of the same key', async () => {
    await token(['--api-key', '-', '--project-id', 'prj-notes'], {stdin: ada.key})
    await token(['--api-key', '-', '--project-id', 'prj-sandbox'], {stdin: ada.key})
    const profiles = (await sandbox.run(['auth', 'list', '--json'])).json()
    expect(profiles).to.deep.equal([{...profile(ada.keyName, 'prj-sandbox'), folders: []}])
    expect(Object.keys(sandbox.files()).filter((name) => name.startsWith('credentials/'))).to.have.length(1)
  })

  it('names profiles of keys that look alike apart', async () => {
    const twins = ['llx-dev-one-ends-in-1234', 'llx-dev-two-ends-in-1234', 'llx-dev-three-ends-in-1234']
    await using own = await startDevControlPlane({
      seed: {
        users: [{email: 'twin@example.com', password: 'twin'}],
        projects: [{project_id: 'prj-only'}],
        api_keys: twins.map((secret) => ({user: 'twin@example.com', secret})),
      },
    })
    await prepare(sandbox, ['auth', 'env', 'add', own.url])
    for (const stdin of twins) await token(['--api-key', '-'], {stdin})
    const names = (await sandbox.run(['auth', 'list', '--json'])).json<{name: string}[]>().map(({name}) => name)
    expect(names).to.deep.equal(['llx-de****1234', 'llx-de****1234-2', 'llx-de****1234-3'])
    const again = await token(['--api-key', '-', '--json'], {stdin: twins[1] as string})
    expect(again.json()).to.include({name: 'llx-de****1234-2'})
  })

  it('takes a name, renames by the same key, and replaces the key of a name', async () => {
    const named = await token(['--api-key', '-', '--name', 'ci', '--json'], {stdin: grace.key})
    expect(named.json()).to.include({name: 'ci'})
    const renamed = await token(['--api-key', '-', '--name', 'build', '--json'], {stdin: grace.key})
    expect(renamed.json()).to.include({name: 'build'})
    const replaced = await token(['--api-key', '-', '--name', 'build', '--project-id', 'prj-notes', '--json'], {
      stdin: ada.key,
    })
    expect(replaced.json()).to.include({name: 'build', project_id: 'prj-notes'})
    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.have.length(1)
  })

  it('writes the key to the file store only, and each file for its owner alone', async () => {
    await token(['--api-key', '-'], {stdin: grace.key})
    const holders = Object.entries(sandbox.files()).filter(([, text]) => text.includes(grace.key))
    expect(holders.map(([name]) => name)).to.have.length(1)
    expect(holders[0]?.[0]).to.match(/^credentials\//)
  })

  it('needs no key where no auth is required, names the profile default, and accepts any project', async () => {
    await using open = await startDevControlPlane({requiresAuth: false})
    await prepare(sandbox, ['auth', 'env', 'add', open.url])
    const result = await token(['--project-id', 'anything-goes', '--json'])
    expect(result.json()).to.deep.equal({
      name: 'default',
      api_url: open.url,
      project_id: 'anything-goes',
      active: true,
      auth_type: 'none',
      credential_store: 'none',
    })
    const missing = await token(['--json'])
    expect(missing.exitCode).to.equal(2)
    expect(missing.json()).to.have.nested.property('error.code', 'INPUT_REQUIRED')
  })

  it('works in the environment that LLAMA_CLOUD_BASE_URL names, and knows it from then on', async () => {
    await using other = await startDevControlPlane()
    const env = {LLAMA_CLOUD_BASE_URL: `${other.url}/`}
    const result = await token(['--api-key', '-', '--json'], {stdin: grace.key, env})
    expect(result.json()).to.include({api_url: other.url})
    expect((await sandbox.run(['auth', 'env', 'list', '--json'])).stdout).to.contain(other.url)
    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.deep.equal([])
  })

  it('undoes everything when the metadata cannot be written', async () => {
    const before = sandbox.files()
    const {exitCode} = await token(['--api-key', '-', '--json'], {
      stdin: grace.key,
      env: {LLAMACTL_CONFIG_DIR: '/proc/llamactl'},
    })
    expect(exitCode).to.equal(1)
    expect(sandbox.files()).to.deep.equal(before)
  })
})
