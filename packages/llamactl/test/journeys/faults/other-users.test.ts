import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawn, spawnSync} from 'node:child_process'
import {chmodSync, chownSync, mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {grace} from '../../support/people.js'
import {createSandbox, type Sandbox} from '../../support/sandbox.js'

/** `nobody`: dbus-daemon wants a user that the system knows. */
const SOMEBODY = 65534

describe('as root in the session of somebody else, as under sudo', () => {
  requireTools('setpriv', 'dbus-daemon', 'find')
  requireThat(process.getuid?.() === 0, 'needs root')
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    rmSync(join(sandbox.folder, 'cache'), {recursive: true, force: true})
    chownSync(sandbox.folder, SOMEBODY, SOMEBODY)
    mkdirSync(sandbox.configFolder, {recursive: true})
    for (const path of [join(sandbox.configFolder, '..'), sandbox.configFolder]) {
      chownSync(path, SOMEBODY, SOMEBODY)
      chmodSync(path, 0o700)
    }
  })
  afterEach(async () => {
    sandbox.remove()
    await plane.close()
  })

  const ownedByRoot = () => spawnSync('find', [sandbox.folder, '-uid', '0', '-type', 'f'], {encoding: 'utf8'}).stdout

  it('nothing is written into a home of theirs (case 70)', async () => {
    for (const args of [
      ['env', 'add', plane.url],
      ['token', '--api-key', '-', '--environment', plane.url],
    ]) {
      const {exitCode, stderr} = await sandbox.run(['auth', ...args], {stdin: grace.key})
      expect(exitCode, args[0]).to.equal(1)
      expect(stderr).to.contain(`uid ${SOMEBODY}`).and.to.contain('sudo')
    }

    expect(ownedByRoot()).to.equal('')
  })

  it('a bus of theirs is no keychain, and the reason comes before any request (case 70)', async () => {
    const address = `unix:path=${join(sandbox.folder, 'bus')}`
    const bus = spawn(
      'setpriv',
      [
        ...['--reuid', String(SOMEBODY), '--regid', String(SOMEBODY), '--clear-groups', '--'],
        ...['dbus-daemon', '--session', '--nofork', '--nopidfile', '--nosyslog', '--print-address=1'],
        `--address=${address}`,
      ],
      {stdio: ['ignore', 'pipe', 'ignore']},
    )
    try {
      await new Promise((resolve, reject) => bus.stdout.once('data', resolve).once('end', reject))
      const own = createSandbox({LLAMACTL_CREDENTIAL_STORE: 'keychain', DBUS_SESSION_BUS_ADDRESS: address})
      await own.run(['auth', 'env', 'add', plane.url])
      const requests = plane.requests.length
      const result = await own.run(['auth', 'token', '--api-key', '-', '--json'], {stdin: grace.key})
      own.remove()
      expect(result.exitCode).to.equal(5)
      expect(result.json()).to.have.nested.property('error.code', 'KEYCHAIN_UNAVAILABLE')
      expect(plane.requests.length).to.equal(requests)
      expect(ownedByRoot()).to.equal('')
    } finally {
      bus.kill('SIGKILL')
    }
  })
})
