import {inspect} from 'node:util'
import {expect} from 'chai'
import type {CredentialReference, CredentialStore} from '../../src/credentials/credential-store.js'
import {Secret} from '../../src/secret.js'
import {refusal} from '../support/refusal.js'

/** What every credential store keeps, real or not. `setup` gives an empty store; it may add its own hooks. */
export function describeCredentialStore(name: string, setup: () => () => CredentialStore): void {
  describe(`${name} as a credential store`, () => {
    const current = setup()
    let store: CredentialStore
    beforeEach(() => {
      store = current()
    })

    const textIn = async (reference: CredentialReference) => (await store.get(reference))?.reveal()

    it('checks that it can be written to', async () => {
      await store.check()
    })

    it('says before it writes where it will write', async () => {
      await store.check()
      const before = store.referenceTo('one')
      expect(await store.set('one', new Secret('llx-first'))).to.deep.equal(before)
    })

    it('gives back what was set, by a reference that survives JSON', async () => {
      const reference = await store.set('one', new Secret('llx-first'))
      expect(reference).to.include({store: store.kind, account: 'one'})
      expect(await textIn(JSON.parse(JSON.stringify(reference)) as CredentialReference)).to.equal('llx-first')
    })

    it('replaces a secret', async () => {
      const before = await store.set('one', new Secret('llx-first'))
      const after = await store.set('one', new Secret('llx-second'))
      expect(after).to.deep.equal(before)
      expect(await textIn(after)).to.equal('llx-second')
    })

    it('keeps accounts apart', async () => {
      const one = await store.set('one', new Secret('llx-first'))
      const two = await store.set('two', new Secret('llx-second'))
      await store.delete(one)
      expect(await textIn(one)).to.equal(undefined)
      expect(await textIn(two)).to.equal('llx-second')
    })

    it('says absent where nothing was set', async () => {
      const reference = await store.set('one', new Secret('llx-first'))
      expect(await store.get({...reference, account: 'nobody'})).to.equal(undefined)
      expect(await store.delete({...reference, account: 'nobody'})).to.equal(false)
    })

    it('deletes once', async () => {
      const reference = await store.set('one', new Secret('llx-first'))
      expect(await store.delete(reference)).to.equal(true)
      expect(await store.delete(reference)).to.equal(false)
      expect(await store.get(reference)).to.equal(undefined)
    })

    const fit = {
      'quotes and JSON': `{"api_key": "llx-'\\"\`$(x)"}`,
      'spaces around': '  llx-first ',
      'any script': 'schlüssel 鍵 🔑 e\u0301',
      '8 KiB': 'k'.repeat(8192),
    }
    for (const [what, text] of Object.entries(fit)) {
      it(`keeps ${what} as they are`, async () => {
        expect(await textIn(await store.set('one', new Secret(text)))).to.equal(text)
      })
    }

    const unfit = {
      'a line break': 'llx-canary\nrest',
      'a carriage return': 'llx-canary\r',
      'a NUL': 'llx-canary\0rest',
      'an escape': 'llx-canary\u001B[31m',
      'half a surrogate pair': 'llx-canary\uD83D',
      'nothing in it': '',
      'an object for a text': {toString: () => 'llx-canary'} as unknown as string,
    }
    for (const [what, text] of Object.entries(unfit)) {
      it(`refuses a secret with ${what}, and keeps what was there`, async () => {
        const reference = await store.set('one', new Secret('llx-first'))
        const error = await refusal(store.set('one', new Secret(text)))
        expect(error.code).to.be.oneOf(['KEYCHAIN_ERROR', 'STORAGE_ERROR'])
        expect(inspect(error) + JSON.stringify(error)).not.to.include('canary')
        expect(await textIn(reference)).to.equal('llx-first')
      })
    }
  })
}
