import {existsSync} from 'node:fs'
import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
} from '../../../plugin-auth/test/support/secret-service.js'
import {nodeOf} from '../packaging/support/managers.js'
import {engineOf, reaching} from '../support/keychain-sandbox.js'
import {logIn} from '../support/log-in.js'
import {grace} from '../support/people.js'
import {CLI, createSandbox} from '../support/sandbox.js'

const versions = [22, 24, 26]

describe('another version of Node', () => {
  requireTools(...SECRET_SERVICE_TOOLS)
  requireThat(
    versions.every((major) => existsSync(nodeOf(major))),
    `needs Node ${versions.join(', ')} in the cache of .ci/run`,
  )

  let plane: DevControlPlane
  let keychain: SecretService
  before(async () => {
    plane = await startDevControlPlane()
    keychain = await startSecretService()
  })
  after(async () => {
    await keychain.stop()
    await plane.close()
  })

  for (const major of versions) {
    it(`logs in, shows who that is, renews the key and logs out: ${major} (login case 110)`, async () => {
      const env = {LLAMACTL_CREDENTIAL_STORE: '', ...reaching(keychain)}
      const sandbox = createSandbox(env, [nodeOf(major), CLI])
      try {
        await sandbox.run(['auth', 'env', 'add', plane.url])
        expect(await logIn(sandbox, plane, {user: grace.email})).to.include({exitCode: 0})
        expect(engineOf(sandbox)).to.equal('keytar')
        expect((await sandbox.run(['--version'])).stdout).to.contain(`node-v${major}.`)
        for (const args of [['status'], ['rotate'], ['logout', grace.email]]) {
          const {exitCode, stderr} = await sandbox.run(['auth', ...args, '--json'])
          expect(exitCode, stderr).to.equal(0)
          // Such as (node:4711) ExperimentalWarning. A slow keychain is waited for, and that is said.
          expect(stderr).not.to.match(/\(node:\d+\)|[a-z]Warning/)
        }
      } finally {
        sandbox.remove()
      }
    })
  }
})
