import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {
  deviceLogin,
  type PythonDatabase,
  writePythonDatabase,
} from '../../../plugin-auth/test/support/python-database.js'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
} from '../../../plugin-auth/test/support/secret-service.js'
import {ada, grace} from '../support/people.js'
import {createSandbox, type Failure, type Finished, type RunOptions, type Sandbox} from '../support/sandbox.js'

const REFUSED = 'canary-that-the-server-refuses-7f3a'
const SECRETS = [ada.key, grace.key, REFUSED, 'canary-access-token', 'canary-refresh-token', 'canary-id-token']

interface Imported {
  database: string
  scrubbed: boolean
  profiles: {name: string; api_url: string; status: string; verified: boolean; scrubbed: boolean; reason?: string}[]
}

describe('auth import', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox
  let database: string

  before(async () => {
    plane = await startDevControlPlane()
  })
  after(() => plane.close())
  beforeEach(() => {
    sandbox = createSandbox()
    database = join(sandbox.configFolder, 'profiles.db')
  })
  afterEach(() => sandbox.remove())

  /** What two people and a refused key leave on a computer that Python's llamactl was used on. */
  const content = (fields: Partial<PythonDatabase> = {}): PythonDatabase => ({
    profiles: [
      {
        name: 'ada',
        api_url: plane.url,
        project_id: 'prj-notes',
        api_key: ada.key,
        api_key_id: 'key-7',
        device_oidc: deviceLogin(),
      },
      {name: 'grace', api_url: `${plane.url}/`, project_id: grace.project, api_key: grace.key},
      {name: 'stale', api_url: plane.url, project_id: 'prj-notes', api_key: REFUSED},
    ],
    environments: [{api_url: plane.url, requires_auth: 1, min_llamactl_version: '0.5.0'}],
    currentProfile: 'grace',
    currentEnvironment: plane.url,
    ...fields,
  })

  /** No run may print a secret. */
  async function run(args: string[], options?: RunOptions): Promise<Finished> {
    const finished = await sandbox.run(['auth', ...args], options)
    for (const secret of SECRETS) expect(finished.stdout + finished.stderr).not.to.contain(secret)
    return finished
  }

  const imported = async (args: string[], options?: RunOptions): Promise<Imported> => {
    const finished = await run(['import', '--json', ...args], options)
    expect(finished.exitCode, finished.stdout + finished.stderr).to.equal(0)
    return finished.json<Imported>()
  }
  const statuses = ({profiles}: Imported) => profiles.map(({name, status}) => `${name} ${status}`)

  it('takes over what works, under its name and in its environment, and goes on where Python was', async () => {
    const bytes = await writePythonDatabase(database, content())
    const result = await imported([])
    expect(statuses(result)).to.deep.equal(['ada imported', 'grace imported', 'stale skipped'])
    expect(result).to.deep.include({database, scrubbed: false})
    expect(result.profiles.map(({verified}) => verified)).to.deep.equal([true, true, false])
    expect(readFileSync(database)).to.deep.equal(Buffer.from(bytes))

    const list = (await run(['list', '--json'])).json()
    expect(list).to.deep.equal([
      {
        name: 'ada',
        api_url: plane.url,
        project_id: 'prj-notes',
        active: false,
        auth_type: 'oidc',
        credential_store: 'file',
        folders: [],
      },
      {
        name: 'grace',
        api_url: plane.url,
        project_id: grace.project,
        active: true,
        auth_type: 'token',
        credential_store: 'file',
        folders: [],
      },
    ])
    expect((await run(['project', grace.project])).exitCode).to.equal(0)
  })

  it('calls them known the second time, and writes nothing', async () => {
    await writePythonDatabase(database, content())
    await imported([])
    const files = sandbox.files()
    expect(statuses(await imported([]))).to.deep.equal(['ada known', 'grace known', 'stale skipped'])
    expect(sandbox.files()).to.deep.equal(files)
  })

  it('only shows what there is under --dry-run: no request, no file', async () => {
    await writePythonDatabase(database, content())
    const requests = plane.requests.length
    const files = sandbox.files()
    const {stdout, stderr} = await run(['import', '--dry-run'])
    expect(stdout).to.match(/ada +\S+ +prj-notes +oidc +found\n/)
    expect(stderr).to.contain('Nothing was changed.')
    expect(plane.requests.length).to.equal(requests)
    expect(sandbox.files()).to.deep.equal(files)
  })

  it('leaves no key in the database under --scrub, apart from what it did not take over', async () => {
    await writePythonDatabase(database, content())
    const result = await imported(['--scrub'], {env: {DEBUG: '*'}})
    expect(result.scrubbed).to.equal(true)
    expect(result.profiles.map(({scrubbed}) => scrubbed)).to.deep.equal([true, true, false])
    const raw = readFileSync(database)
    for (const secret of SECRETS) expect(raw.includes(secret), secret).to.equal(secret === REFUSED)
    expect(statuses(await imported(['--scrub']))).to.deep.equal(['ada known', 'grace known', 'stale skipped'])
  })

  it('leaves the current profile and environment alone where there was one', async () => {
    await run(['env', 'add', plane.url])
    await run(['token', '--api-key', '-', '--name', 'mine', '--project-id', 'prj-notes'], {stdin: ada.key})
    await writePythonDatabase(database, content())
    expect(statuses(await imported([]))).to.deep.equal(['ada known', 'grace imported', 'stale skipped'])
    const list = (await run(['list', '--json'])).json<{name: string; active: boolean}[]>()
    expect(list.filter(({active}) => active).map(({name}) => name)).to.deep.equal(['mine'])
  })

  it('takes another name where its own is taken', async () => {
    await run(['env', 'add', plane.url])
    await run(['token', '--api-key', '-', '--name', 'grace', '--project-id', 'prj-notes'], {stdin: ada.key})
    await writePythonDatabase(database, content())
    const result = await imported([])
    expect(result.profiles[1]).to.include({name: 'grace-2', reason: 'Its name grace was taken.'})
  })

  it('keeps a key whose server does not answer, and calls it unverified', async () => {
    const nobody = await startDevControlPlane()
    await nobody.close()
    await writePythonDatabase(database, {profiles: [{name: 'away', api_url: nobody.url, api_key: ada.key}]})
    const {profiles} = await imported([])
    expect(profiles[0]).to.include({status: 'imported', verified: false})
    expect(profiles[0]?.reason).to.contain('not verified')
  })

  it('skips http to another machine, unless that is accepted', async () => {
    const profiles = [{name: 'clear', api_url: 'http://192.0.2.1', api_key: ada.key}]
    await writePythonDatabase(database, {profiles})
    const result = await imported([])
    expect(statuses(result)).to.deep.equal(['clear skipped'])
    expect(result.profiles[0]?.reason).to.contain('--allow-http')
    expect(statuses(await imported(['--dry-run', '--allow-http']))).to.deep.equal(['clear found'])
  })

  it('finds the database in the folder of before 0.7.0, in the one of LLAMACTL_CONFIG_DIR, or where one says', async () => {
    const old = join(sandbox.folder, '.config', 'llamactl', 'profiles.db')
    await writePythonDatabase(old, content())
    expect((await imported(['--dry-run'])).database).to.equal(old)
    await writePythonDatabase(database, content())
    const {stdout, stderr} = await run(['import', '--dry-run'])
    expect(stdout).to.contain('found')
    expect(stderr).to.contain(`There is another one in ${old}.`)
    const named = join(sandbox.folder, 'named', 'profiles.db')
    await writePythonDatabase(named, content())
    expect((await imported(['--dry-run', '--database', 'named/profiles.db'])).database).to.equal(named)
    const env = {LLAMACTL_CONFIG_DIR: join(sandbox.folder, 'named')}
    expect((await imported(['--dry-run'], {env})).database).to.equal(named)
  })

  it('names the places it looked at where there is none', async () => {
    const {error} = (await run(['import', '--json'])).json<Failure>()
    expect(error.code).to.equal('NOTHING_TO_IMPORT')
    expect(error.message)
      .to.contain(database)
      .and.to.contain(join(sandbox.folder, '.config', 'llamactl'))
    expect((await run(['import'])).exitCode).to.equal(1)
  })

  it('is hinted at by the first `auth list`, once, and not in JSON', async () => {
    await writePythonDatabase(database, content())
    expect((await run(['list', '--json'])).stderr).not.to.contain('Python')
    expect((await run(['list'])).stderr)
      .to.contain(database)
      .and.to.contain('llamactl auth import --dry-run')
    expect((await run(['list'])).stderr).not.to.contain('Python')
  })

  it('is not hinted at where there is a profile, or where it was done', async () => {
    await writePythonDatabase(database, content())
    await imported([])
    await run(['logout', 'ada', '--force'])
    await run(['logout', 'grace', '--force'])
    expect((await run(['list'])).stderr)
      .to.contain('No profiles')
      .and.not.to.contain('Python')
  })

  describe('beside the Python llamactl', () => {
    requireTools('python3')

    const children: ChildProcess[] = []
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL')
    })

    const python = (script: string): string => {
      const {stdout, stderr, status} = spawnSync('python3', ['-c', script, database], {encoding: 'utf8'})
      expect(status, stderr).to.equal(0)
      return stdout
    }

    it('leaves rows that Python reads, and finds again by the person', async () => {
      await writePythonDatabase(database, content())
      await imported(['--scrub'])
      const rows = python(`import sqlite3, sys, json
c = sqlite3.connect(sys.argv[1])
print(json.dumps([c.execute("pragma integrity_check").fetchone()[0],
  c.execute("select name, project_id, api_key, api_key_id, json_extract(device_oidc, '$.user_id') from profiles order by name").fetchall()]))`)
      expect(JSON.parse(rows)).to.deep.equal([
        'ok',
        [
          ['ada', 'prj-notes', null, null, 'user-1'],
          ['grace', grace.project, null, null, null],
          ['stale', 'prj-notes', REFUSED, null, null],
        ],
      ])
    })

    it('reads what is only in the log of a writer that is still there', async () => {
      await writePythonDatabase(database, content({profiles: []}))
      const writer = await holding(`c.execute("pragma journal_mode=wal")
c.execute("insert into profiles (name, api_url, project_id, api_key) values ('late', '${plane.url}', '${grace.project}', '${grace.key}')")
c.commit()`)
      try {
        expect(existsSync(`${database}-wal`)).to.equal(true)
        expect(statuses(await imported(['--dry-run']))).to.deep.equal(['late found'])
      } finally {
        await writer.end()
      }
    })

    it('changes nothing while Python writes, and says so', async () => {
      await writePythonDatabase(database, content())
      const writer = await holding(`c.execute("begin immediate")
c.execute("update profiles set project_id = 'prj-other' where name = 'ada'")`)
      try {
        const {error} = (await run(['import', '--scrub', '--json'])).json<Failure>()
        expect(error.code).to.equal('STORAGE_ERROR')
        expect(error.message).to.contain('The profiles are here now').and.to.contain('in use')
      } finally {
        await writer.end('c.commit()')
      }

      expect(
        python(`import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("select project_id, api_key from profiles where name = 'ada'").fetchone())`),
      ).to.contain(`('prj-other', '${ada.key}')`)
      expect(statuses(await imported(['--scrub']))).to.deep.equal(['ada known', 'grace known', 'stale skipped'])
      expect(readFileSync(database).includes(ada.key)).to.equal(false)
    })

    /** Python with the database open, in the middle of something, until it is told to end. */
    async function holding(script: string): Promise<{end(last?: string): Promise<void>}> {
      const child = spawn(
        'python3',
        [
          '-c',
          `import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
${script}
print("ready", flush=True)
exec(sys.stdin.read())`,
          database,
        ],
        {stdio: ['pipe', 'pipe', 'inherit']},
      )
      children.push(child)
      await once(child.stdout, 'data')
      return {
        async end(last = '') {
          child.stdin.end(last)
          await once(child, 'close')
        },
      }
    }
  })

  describe('into a real keychain', () => {
    requireTools(...SECRET_SERVICE_TOOLS)

    let keychain: SecretService

    beforeEach(async () => {
      keychain = await startSecretService()
    })
    afterEach(() => keychain.stop())

    it('keeps the keys there and nowhere else', async () => {
      const {DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = ''} = keychain.env
      const env = {LLAMACTL_CREDENTIAL_STORE: '', DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR}
      await writePythonDatabase(database, content({profiles: content().profiles?.slice(0, 2) ?? []}))
      const result = await imported(['--scrub'], {env})
      expect(statuses(result)).to.deep.equal(['ada imported', 'grace imported'])
      expect(result.profiles.every(({scrubbed}) => scrubbed)).to.equal(true)
      const files = Object.values(sandbox.files()).join()
      for (const secret of SECRETS) expect(files).not.to.contain(secret)
      expect((await run(['project', grace.project], {env})).exitCode).to.equal(0)

      await writePythonDatabase(database, content())
      keychain.lock()
      const {error} = (await run(['import', '--scrub', '--json'], {env})).json<Failure>()
      expect(error.code).to.equal('KEYCHAIN_LOCKED')
      expect(readFileSync(database).includes(ada.key)).to.equal(true)
    })
  })
})
