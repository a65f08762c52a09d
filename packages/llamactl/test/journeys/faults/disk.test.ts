import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
} from '../../../../plugin-auth/test/support/secret-service.js'
import {reaching} from '../../support/keychain-sandbox.js'
import {ada, grace} from '../../support/people.js'
import {createSandbox, type Sandbox} from '../../support/sandbox.js'

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'llamactl-mount-'))
  const isMounted = mount('-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder)
  if (isMounted) spawnSync('umount', [folder])
  rmdirSync(folder)
  return isMounted
}

/** Writes until there is no room, be it for bytes or for names. */
function fill(folder: string): void {
  try {
    for (let count = 0; count < 10_000; count++) writeFileSync(join(folder, `filler-${count}`), 'x')
  } catch {
    // Full.
  }
}

describe('on a disk of its own', () => {
  requireThat(canMount(), 'needs the right to mount')
  requireTools(...SECRET_SERVICE_TOOLS)
  let plane: DevControlPlane
  let keychain: SecretService
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    keychain = await startSecretService({password: ''})
    sandbox = createSandbox(reaching(keychain))
    mkdirSync(sandbox.configFolder, {recursive: true, mode: 0o700})
  })
  afterEach(async () => {
    spawnSync('umount', [sandbox.configFolder])
    sandbox.remove()
    await keychain.stop()
    await plane.close()
  })

  async function logInOn(options: string): Promise<void> {
    mount('-t', 'tmpfs', '-o', `mode=700,${options}`, 'tmpfs', sandbox.configFolder)
    await sandbox.run(['auth', 'env', 'add', plane.url])
    const {exitCode, stderr} = await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
    expect(exitCode, stderr).to.equal(0)
  }

  async function expectNothingChanges(reason: string): Promise<void> {
    const before = sandbox.files()
    for (const store of ['file', 'keychain']) {
      const env = {LLAMACTL_CREDENTIAL_STORE: store}
      const args = ['auth', 'token', '--api-key', '-', '--project-id', 'prj-notes', '--json']
      const result = await sandbox.run(args, {stdin: ada.key, env})
      expect(result.exitCode, result.stdout).to.equal(1)
      expect(result.json()).to.have.nested.property('error.code', 'STORAGE_ERROR')
      expect(result.json<{error: {message: string}}>().error.message).to.contain(reason)
      expect(result.stdout + result.stderr).not.to.contain(ada.key)
    }

    expect(sandbox.files()).to.deep.equal(before)
    const profiles = (await sandbox.run(['auth', 'list', '--json'])).json<{name: string}[]>()
    expect(profiles.map(({name}) => name)).to.deep.equal([grace.keyName])
    const keyring = readFileSync(join(keychain.home, '.local/share/keyrings/login.keyring'), 'utf8')
    expect(keyring, 'the secret that was written before the metadata').not.to.contain('api_key')
  }

  it('that is full, a login changes nothing and takes its secret back (case 45)', async () => {
    await logInOn('size=64k')
    fill(sandbox.configFolder)
    await expectNothingChanges('the disk is full')
  })

  it('that has no name left to give, a login changes nothing and takes its secret back (case 45)', async () => {
    await logInOn('size=1m,nr_inodes=40')
    fill(sandbox.configFolder)
    await expectNothingChanges('the disk is full')
  })

  it('that is read-only, a login changes nothing and takes its secret back (case 47)', async () => {
    await logInOn('size=64k')
    mount('-o', 'remount,ro', sandbox.configFolder)
    await expectNothingChanges('read-only')
    expect((await sandbox.run(['auth', 'switch', grace.keyName])).exitCode).to.equal(1)
  })
})

describe('where files cannot be written', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await sandbox.run(['auth', 'env', 'add', plane.url])
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })

  describe('by a limit', () => {
    requireTools('sh')

    it('a login is refused with the reason and not ended by a signal (case 46)', async () => {
      const before = sandbox.files()
      const through = ['sh', '-c', 'ulimit -f 0; exec "$@"', 'sh']
      const {exitCode, stderr} = await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key, through})
      expect(exitCode).to.equal(1)
      expect(stderr).to.contain('ulimit -f')
      expect(sandbox.files()).to.deep.equal(before)
    })
  })

  for (const [what, HOME, shown] of [
    ['a relative home', 'relative', 'relative'],
    ['a home that cannot be made', '/proc/nowhere', '/proc/nowhere'],
    ['no home', '', 'HOME is empty'],
  ] as const) {
    it(`nothing is written elsewhere: ${what} (case 48)`, async () => {
      const env = {
        HOME,
        TMPDIR: sandbox.folder,
        XDG_CONFIG_HOME: '',
        XDG_DATA_HOME: '',
        XDG_CACHE_HOME: '',
        XDG_STATE_HOME: '',
      }
      const before = readdirSync(sandbox.folder)
      const {exitCode, stderr} = await sandbox.run(['auth', 'env', 'add', plane.url], {env})
      expect(exitCode).to.equal(1)
      expect(stderr).to.contain('(STORAGE_ERROR)').and.to.contain(shown)
      expect(readdirSync(sandbox.folder)).to.deep.equal(before)
      if (HOME) expect(existsSync(HOME)).to.equal(false)
    })
  }
})
