import {randomUUID} from 'node:crypto'
import {expect} from 'chai'
import type {CredentialReference} from '../../src/credentials/credential-store.js'
import {ENGINES} from '../../src/credentials/keychain/keychain-engine.js'
import {createKeychainStore} from '../../src/credentials/keychain/keychain-store.js'
import {Secret} from '../../src/secret.js'
import {refusal} from '../support/refusal.js'

const {platform} = process

/** What holds for the keychain of every system. Its entries have names of their own and are gone afterwards. */
export function describeNativeKeychain(environment: () => NodeJS.ProcessEnv): void {
  for (const engine of ENGINES) {
    describe(`the keychain of this system, through ${engine}`, () => {
      let reference: CredentialReference
      const storeOf = (engine: (typeof ENGINES)[number]) =>
        createKeychainStore({
          service: 'llamactl-native-test',
          engines: [engine],
          interactive: false,
          env: environment(),
          timeout: 20_000,
        })
      const store = () => storeOf(engine)
      const set = (text: string) => store().set(reference.account, new Secret(text))
      const textIn = async (reference: CredentialReference) => (await store().get(reference))?.reveal()

      beforeEach(() => {
        reference = {store: 'keychain', engine, service: 'llamactl-native-test', account: randomUUID()}
      })
      afterEach(() => store().delete(reference))

      it('writes, reads, replaces and deletes (cases 73, 74)', async () => {
        await store().check()
        expect(await textIn(reference)).to.equal(undefined)
        expect(await set('llx-first')).to.deep.equal(reference)
        expect(await textIn(reference)).to.equal('llx-first')
        await set('{"api_key":"schlüssel 鍵 🔑"}')
        expect(await textIn(reference)).to.equal('{"api_key":"schlüssel 鍵 🔑"}')
        expect(await store().delete(reference)).to.equal(true)
        expect(await store().delete(reference)).to.equal(false)
        expect(await textIn(reference)).to.equal(undefined)
      })

      // @napi-rs/keyring writes two bytes a letter on Windows.
      const longest = platform !== 'win32' ? 8192 : engine === 'keytar' ? 2560 : 1280

      it(`keeps ${longest} bytes (case 74)`, async () => {
        await set('k'.repeat(longest))
        expect(await textIn(reference)).to.equal('k'.repeat(longest))
      })

      if (platform === 'win32') {
        it('refuses one byte more, and keeps what was there (case 74)', async () => {
          await set('llx-first')
          const error = await refusal(set('k'.repeat(longest + 1)), 'KEYCHAIN_ERROR')
          expect(error.message).to.contain('longer than the keychain of this system takes')
          expect(await textIn(reference)).to.equal('llx-first')
        })
      }

      it(`is ${platform === 'darwin' ? 'read' : 'not found'} by the other library (cases 73, 74)`, async () => {
        await set('llx-first')
        for (const other of ENGINES.filter((name) => name !== engine)) {
          const found = await storeOf(other).get({...reference, engine: other})
          expect(found?.reveal()).to.equal(platform === 'darwin' ? 'llx-first' : undefined)
        }
      })
    })
  }
}
