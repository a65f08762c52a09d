import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
} from '../../../../plugin-auth/test/support/secret-service.js'
import {createSandbox, type Sandbox} from '../../support/sandbox.js'

const keyOf = (index: number) => `llx-many-${String(index).padStart(4, '0')}-${1000 + index}`

interface StoredProfile {
  name: string
  credential: {account: string}
}

/** Fewer with the keychain: each login starts two more processes. */
for (const [store, count, countOfSame] of [
  ['file', 50, 25],
  ['keychain', 12, 8],
] as const) {
  describe(`many logins at once, kept in the ${store}`, () => {
    if (store === 'keychain') requireTools(...SECRET_SERVICE_TOOLS)
    let plane: DevControlPlane
    let keychain: SecretService | undefined
    let sandbox: Sandbox

    before(async () => {
      plane = await startDevControlPlane({
        seed: {
          users: [{email: 'many@example.com', password: 'many'}],
          projects: [{project_id: 'prj-one'}, {project_id: 'prj-two'}],
          api_keys: Array.from({length: count}, (_, index) => ({user: 'many@example.com', secret: keyOf(index)})),
        },
      })
    })
    after(() => plane?.close())
    beforeEach(async () => {
      if (store === 'keychain') keychain = await startSecretService()
      const {DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = ''} = keychain?.env ?? {}
      sandbox = createSandbox({
        LLAMACTL_CREDENTIAL_STORE: store,
        LLAMACTL_KEYCHAIN_TIMEOUT: '60',
        DBUS_SESSION_BUS_ADDRESS,
        XDG_RUNTIME_DIR,
      })
      await sandbox.run(['auth', 'env', 'add', plane.url])
    })
    afterEach(async () => {
      sandbox.remove()
      await keychain?.stop()
    })

    async function logInAll(keys: string[]): Promise<void> {
      const args = ['auth', 'token', '--api-key', '-', '--project-id', 'prj-one', '--json']
      const results = await Promise.all(keys.map((stdin) => sandbox.run(args, {stdin})))
      for (const {exitCode, stdout, stderr} of results) expect(exitCode, stdout + stderr).to.equal(0)
    }

    const profiles = (): StoredProfile[] =>
      Object.entries(sandbox.files())
        .filter(([name]) => name.includes('/profiles/'))
        .map(([, text]) => JSON.parse(text) as StoredProfile)

    it('of different keys keep every profile with its own key', async () => {
      const keys = Array.from({length: count}, (_, index) => keyOf(index))
      await logInAll(keys)
      const all = profiles()
      expect(all).to.have.length(count)
      expect(new Set(all.map(({credential}) => credential.account))).to.have.length(count)
      if (store === 'file') {
        const stored = Object.entries(sandbox.files()).filter(([name]) => name.startsWith('credentials/'))
        for (const key of keys) expect(stored.filter(([, text]) => text.includes(key))).to.have.length(1)
      } else {
        for (const key of keys.slice(0, 3)) {
          const again = await sandbox.run(['auth', 'token', '--api-key', '-', '--project-id', 'prj-two'], {stdin: key})
          expect(again.exitCode, again.stderr).to.equal(0)
        }

        expect(profiles(), 'each key was found again in the entry of its profile').to.have.length(count)
      }
    })

    it('of the same key leave a profile that works', async () => {
      await logInAll(Array.from({length: countOfSame}, () => keyOf(0)))
      const result = await sandbox.run(['auth', 'project', 'prj-two', '--json'])
      expect(result.exitCode, result.stdout + result.stderr).to.equal(0)
      const listed = (await sandbox.run(['auth', 'list', '--json'])).json<{active: boolean}[]>()
      expect(listed.filter(({active}) => active)).to.have.length(1)
      // Which of two logins came first cannot be told without a lock, so that there may be several profiles.
      expect(listed.length).to.be.within(1, countOfSame)
    })
  })
}
