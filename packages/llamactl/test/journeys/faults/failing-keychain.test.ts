import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {
  type FakeSecretService,
  startFakeSecretService,
} from '../../../../plugin-auth/test/support/fake-secret-service.js'
import {noHelperLeft} from '../../../../plugin-auth/test/support/helper-processes.js'
import {requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS} from '../../../../plugin-auth/test/support/secret-service.js'
import {reaching} from '../../support/keychain-sandbox.js'
import {ada, grace} from '../../support/people.js'
import {prepare} from '../../support/prepare.js'
import {createSandbox, type Sandbox} from '../../support/sandbox.js'

describe('a keychain that fails in the middle of a login', () => {
  requireTools(...SECRET_SERVICE_TOOLS)
  let plane: DevControlPlane
  let keychain: FakeSecretService
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    keychain = await startFakeSecretService()
    const env = {LLAMACTL_CREDENTIAL_STORE: 'keychain', LLAMACTL_KEYCHAIN_TIMEOUT: '1.5'}
    sandbox = createSandbox({...env, ...reaching(keychain)})
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
    const {exitCode, stderr} = await token(grace.key)
    expect(exitCode, stderr).to.equal(0)
  })
  afterEach(async () => {
    sandbox.remove()
    await keychain.stop()
    await plane.close()
  })

  const token = (stdin: string, ...args: string[]) =>
    sandbox.run(['auth', 'token', '--api-key', '-', '--json', ...args], {stdin})
  const profiles = () => Object.entries(sandbox.files()).filter(([name]) => /profiles?[/.]/.test(name))

  for (const [what, spares] of [
    ['while it is tried', 0],
    ['while it writes the key', 1],
  ] as const) {
    it(`by hanging ${what}, leaves the earlier profile as it was, and it works (case 19)`, async () => {
      const before = profiles()
      for (const args of [[grace.key], [ada.key, '--project-id', 'prj-notes']]) {
        keychain.calls.length = 0
        keychain.faults = {hangsIn: ['CreateItem'], spares}
        const result = await token(...(args as [string]))
        expect(result.exitCode, result.stdout).to.equal(5)
        expect(result.json()).to.have.nested.property('error.code', 'KEYCHAIN_TIMEOUT')
        expect(result.stdout + result.stderr).not.to.contain(args[0])
        await noHelperLeft(sandbox.env)
      }

      expect(profiles()).to.deep.equal(before)
      keychain.faults = {}
      expect((await sandbox.run(['auth', 'project', grace.project])).exitCode).to.equal(0)
    })

    it(`by dying ${what}, leaves the earlier profile as it was (case 18)`, async () => {
      const before = profiles()
      keychain.calls.length = 0
      keychain.faults = {diesIn: 'CreateItem', spares}
      const result = await token(ada.key, '--project-id', 'prj-notes')
      expect(result.exitCode, result.stdout).to.equal(5)
      expect(result.json()).to.have.nested.property('error.code', 'KEYCHAIN_UNAVAILABLE')
      expect(result.stdout + result.stderr).not.to.contain(ada.key)
      expect(profiles()).to.deep.equal(before)
      await noHelperLeft(sandbox.env)
    })
  }
})
