import {spawnSync} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {expect} from 'chai'
import {ENGINES} from '../../src/credentials/keychain/keychain-engine.js'
import {createKeychainStore} from '../../src/credentials/keychain/keychain-store.js'
import {Secret} from '../../src/secret.js'
import {refusal} from '../support/refusal.js'
import {describeNativeKeychain} from './native-keychain.js'

/*
 * For a runner that is thrown away: it uses the keychain of the user who runs it, and on macOS puts another one in its
 * place. Not collected by `npm test`; `.github/workflows/keychain.yml` runs it. Not run on macOS or Windows so far.
 */

describeNativeKeychain(() => process.env)

if (process.platform === 'darwin') {
  const security = (...args: string[]) => {
    const {status, stdout, stderr} = spawnSync('security', args, {encoding: 'utf8'})
    if (status !== 0) throw new Error(stderr)
    return stdout
  }

  for (const engine of ENGINES) {
    describe(`a keychain of macOS that is locked, through ${engine}`, () => {
      const name = `llamactl-${randomUUID()}.keychain-db`
      let earlier: string
      before(() => {
        earlier = security('default-keychain', '-d', 'user').trim().replaceAll('"', '')
        security('create-keychain', '-p', 'test', name)
        security('list-keychains', '-d', 'user', '-s', name, earlier)
        security('default-keychain', '-d', 'user', '-s', name)
        security('unlock-keychain', '-p', 'test', name)
      })
      after(() => {
        security('default-keychain', '-d', 'user', '-s', earlier)
        security('list-keychains', '-d', 'user', '-s', earlier)
        security('delete-keychain', name)
      })

      // Whether macOS refuses at once or shows a dialog depends on the session that the runner has.
      it('is never absent, ends in time, and has kept the secret (case 73)', async () => {
        const store = createKeychainStore({service: 'llamactl-native-test', engines: [engine], interactive: false})
        const reference = await store.set(randomUUID(), new Secret('llx-first'))
        security('lock-keychain', name)
        for (const call of [() => store.get(reference), () => store.set(randomUUID(), new Secret('llx-second'))]) {
          const {code} = await refusal(call())
          expect(code).to.be.oneOf(['KEYCHAIN_UNAVAILABLE', 'KEYCHAIN_LOCKED', 'KEYCHAIN_TIMEOUT'])
        }

        security('unlock-keychain', '-p', 'test', name)
        expect((await store.get(reference))?.reveal()).to.equal('llx-first')
      })
    })
  }
}
