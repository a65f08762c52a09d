import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
} from '../../../../plugin-auth/test/support/secret-service.js'
import {reaching} from '../../support/keychain-sandbox.js'
import {prepare} from '../../support/prepare.js'
import {createSandbox, type Sandbox} from '../../support/sandbox.js'

/** Fewer than with files (`races.test.ts`): each login starts three more processes, for the check, the secret and the look. */
const MANY = 12
const keys = Array.from({length: MANY}, (_, index) => `llx-many-${String(index).padStart(4, '0')}-${1000 + index}`)

interface StoredProfile {
  name: string
  credential: {service: string; account: string}
}

describe('many logins at once, kept in the keychain', () => {
  requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')
  let plane: DevControlPlane
  let keychain: SecretService
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane({
      seed: {
        users: [{email: 'many@example.com', password: 'many'}],
        projects: [{project_id: 'prj-one'}, {project_id: 'prj-two'}],
        api_keys: keys.map((secret) => ({user: 'many@example.com', secret})),
      },
    })
  })
  after(() => plane?.close())
  beforeEach(async () => {
    keychain = await startSecretService()
    const env = {LLAMACTL_CREDENTIAL_STORE: 'keychain', LLAMACTL_KEYCHAIN_TIMEOUT: '60', ...reaching(keychain)}
    sandbox = createSandbox(env)
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(async () => {
    sandbox.remove()
    await keychain.stop()
  })

  async function logInAll(keys: string[]): Promise<void> {
    const args = ['auth', 'token', '--api-key', '-', '--project-id', 'prj-one', '--json']
    const results = await Promise.all(keys.map((stdin) => sandbox.run(args, {stdin})))
    for (const {exitCode, stdout, stderr} of results) expect(exitCode, stdout + stderr).to.equal(0)
  }

  /** The key of every profile, as the keychain has it. */
  const keptKeys = (): string[] =>
    Object.entries(sandbox.files())
      .filter(([name]) => name.includes('/profiles/'))
      .map(([, text]) => {
        const {service, account} = (JSON.parse(text) as StoredProfile).credential
        const lookup = ['lookup', 'service', service, 'account', account]
        const {stdout} = spawnSync('secret-tool', lookup, {env: keychain.env, encoding: 'utf8'})
        return (JSON.parse(stdout) as {api_key: string}).api_key
      })

  it('of different keys keep every profile with its own key (case 40)', async () => {
    await logInAll(keys)
    expect(keptKeys().sort()).to.deep.equal(keys)
  })

  it('of the same key leave one profile that works (case 41)', async () => {
    await logInAll(Array.from({length: 8}, () => keys[0]!))
    expect(keptKeys()).to.deep.equal([keys[0]])
    const result = await sandbox.run(['auth', 'project', 'prj-two', '--json'])
    expect(result.exitCode, result.stdout + result.stderr).to.equal(0)
  })
})
