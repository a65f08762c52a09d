import {expect} from 'chai'
import {lstatSync, mkdirSync, readdirSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {writePythonDatabase} from '../../../plugin-auth/test/support/python-database.js'
import {requireThat} from '../../../plugin-auth/test/support/requires.js'
import {ada} from '../support/people.js'
import {createSandbox} from '../support/sandbox.js'
import {expectKeychain} from './support/expect-keychain.js'
import {install, isThere, managers, npm11} from './support/managers.js'
import {INSTALL_SCRIPTS, type Surroundings, useRegistry} from './support/use-registry.js'

/** What an installation may bring. Where it grows past this, somebody has to want it. */
const MOST_MEGABYTES = 9
/** The binary of keyring for this system. */
const NATIVE = `@napi-rs/keyring-linux-${process.arch}-gnu`

describe('the packed packages, installed by a package manager without compiler, Python or headers (case 71)', () => {
  let given: Surroundings

  useRegistry((started) => (given = started))

  for (const [index, manager] of managers.entries()) {
    describe(manager.title, () => {
      requireThat(isThere(manager), `needs ${manager.title}: see .ci/run and LLAMACTL_TEST_MANAGERS`)

      it('says nothing of install scripts, and the CLI keeps a key in the keychain with keytar', async function () {
        this.timeout(120_000)
        const home = join(given.folder, String(index))
        mkdirSync(home)
        given.registry.fetched.length = 0
        const {stdout, stderr, exitCode} = await install(manager, home, given.registry.url)
        const said = stdout + stderr
        expect(exitCode, said).to.equal(0)
        expect(said).not.to.match(INSTALL_SCRIPTS)
        expect(given.registry.fetched).to.have.members(['llamactl', '@napi-rs/keyring', NATIVE])
        expect(megabytesOf(join(home, manager.cli.replace(/\/.*/, '')))).to.be.below(MOST_MEGABYTES)

        await expectKeychain(given, [join(home, manager.cli)])
        await rm(home, {recursive: true, force: true})
      })
    })
  }

  it('has what a command loads only when it needs it: WASM, YAML, the protocol, a way through a proxy', async function () {
    this.timeout(120_000)
    const home = join(given.folder, 'late')
    mkdirSync(home)
    expect((await install(npm11, home, given.registry.url)).exitCode).to.equal(0)
    const sandbox = createSandbox({LLAMACTL_CREDENTIAL_STORE: 'file'}, [join(home, npm11.cli)])
    try {
      const database = join(sandbox.folder, 'python.db')
      const profile = {name: 'ada', api_url: given.plane.url, project_id: 'prj-notes', api_key: ada.key}
      await writePythonDatabase(database, {profiles: [profile]})
      const found = await sandbox.run(['auth', 'import', '--database', database, '--dry-run'])
      expect(found.stdout, found.stderr).to.match(/^ada +/m)

      expect((await sandbox.run(['auth', 'env', 'add', given.plane.url])).exitCode).to.equal(0)
      const environments = await sandbox.run(['auth', 'env', 'list', '-o', 'yaml'])
      expect(environments.stdout, environments.stderr).to.contain(`- api_url: ${given.plane.url}`)

      const login = sandbox.start(['auth', 'login', '--no-browser', '--project-id', 'prj-notes'])
      const [, verification_uri = '', user_code = ''] = await login.stderrShows(/\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/)
      await given.plane.approve({verification_uri, user_code}, {user: ada.email})
      expect(await login.finished).to.include({exitCode: 0})

      const env = {HTTPS_PROXY: 'http://127.0.0.1:9'}
      const refused = await sandbox.run(['auth', 'env', 'add', 'https://control.example.test'], {env})
      expect(refused.stderr).to.contain('The proxy 127.0.0.1:9 (HTTPS_PROXY) cannot be reached')
    } finally {
      sandbox.remove()
    }
  })
})

/** Of the files in a folder, each once, however many links lead to it. */
function megabytesOf(folder: string): number {
  const sizes = new Map<number, number>()
  for (const file of readdirSync(folder, {recursive: true, withFileTypes: true})) {
    const {ino, size} = lstatSync(join(file.parentPath, file.name))
    if (file.isFile()) sizes.set(ino, size)
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1e6
}
