import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
  startSilentBus,
} from '../../../../plugin-auth/test/support/secret-service.js'
import {reaching} from '../../support/keychain-sandbox.js'
import {grace} from '../../support/people.js'
import {prepare} from '../../support/prepare.js'
import {createSandbox, type Sandbox} from '../../support/sandbox.js'

const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission'

describe('with options for Node in the environment', () => {
  requireTools(...SECRET_SERVICE_TOOLS)
  let plane: DevControlPlane
  let keychain: SecretService
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    keychain = await startSecretService()
  })
  after(async () => {
    await keychain?.stop()
    await plane?.close()
  })
  beforeEach(async () => {
    sandbox = createSandbox({LLAMACTL_CREDENTIAL_STORE: '', ...reaching(keychain)})
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(() => sandbox.remove())

  const token = (env: Record<string, string>) =>
    sandbox.run(['auth', 'token', '--api-key', '-', '--json'], {stdin: grace.key, env})

  it('the process that talks to the keychain has none of them (case 66)', async () => {
    const marker = join(sandbox.folder, 'loaded')
    const script = join(sandbox.folder, 'mark.cjs')
    writeFileSync(script, `require('node:fs').appendFileSync(${JSON.stringify(marker)}, process.argv[1] + '\\n')`)
    const {exitCode} = await token({NODE_OPTIONS: `--require ${script}`})
    expect(exitCode).to.equal(0)
    expect(existsSync(marker)).to.equal(true)
    expect(readFileSync(marker, 'utf8')).to.contain('run.cjs').and.not.to.contain('helper.js')
  })

  it('without the permission to start processes, the keychain is unavailable and the reason is said (case 67)', async () => {
    const result = await token({NODE_OPTIONS: `${PERMISSION} --allow-fs-read=* --allow-fs-write=* --allow-addons`})
    expect(result.exitCode).to.equal(5)
    const {error} = result.json<{error: {code: string; message: string; suggestions: string[]}}>()
    expect(error.code).to.equal('KEYCHAIN_UNAVAILABLE')
    expect(error.message).to.contain('--permission')
    expect(error.suggestions.join('\n')).to.contain('--allow-child-process').and.to.contain('--insecure-storage')
  })

  it('without the permission to write, the reason is said', async () => {
    const result = await token({
      NODE_OPTIONS: `${PERMISSION} --allow-fs-read=*`,
      LLAMACTL_CREDENTIAL_STORE: 'file',
    })
    expect(result.exitCode).to.equal(1)
    const {error} = result.json<{error: {code: string; message: string; suggestions: string[]}}>()
    expect(error.code).to.equal('STORAGE_ERROR')
    expect(error.suggestions.join()).to.contain('--allow-fs-write')
  })

  it('a key from the environment reaches a file without a word to a keychain that hangs (case 68)', async () => {
    const bus = await startSilentBus()
    try {
      const env = {LLAMA_CLOUD_API_KEY: grace.key, DBUS_SESSION_BUS_ADDRESS: bus.env['DBUS_SESSION_BUS_ADDRESS'] ?? ''}
      const result = await sandbox.run(['auth', 'token', '--insecure-storage', '--json'], {env})
      expect(result.json()).to.include({credential_store: 'file'})
      expect(bus.connections()).to.equal(0)
    } finally {
      await bus.stop()
    }
  })
})
