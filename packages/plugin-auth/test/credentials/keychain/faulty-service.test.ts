import {inspect} from 'node:util'
import {expect} from 'chai'
import type {CredentialReference} from '../../../src/credentials/credential-store.js'
import {ENGINES} from '../../../src/credentials/keychain/keychain-engine.js'
import {createKeychainStore, type KeychainOptions} from '../../../src/credentials/keychain/keychain-store.js'
import type {AuthErrorCode} from '../../../src/errors.js'
import {Secret} from '../../../src/secret.js'
import {
  type FakeSecretService,
  type SecretServiceFaults,
  startFakeSecretService,
} from '../../support/fake-secret-service.js'
import {inTime} from '../../support/helper-processes.js'
import {refusal} from '../../support/refusal.js'
import {requireTools} from '../../support/requires.js'
import {SECRET_SERVICE_TOOLS} from '../../support/secret-service.js'

const OLD = 'llx-canary-old'
const NEW = new Secret('llx-canary-new')
const OUT_OF_MEMORY = 'org.freedesktop.DBus.Error.NoMemory'
const SHORT = 700
/** For calls that are answered: several helpers start at once, on a machine that may be busy. */
const UNHURRIED = {timeout: 15_000}

type Operation = 'check' | 'get' | 'set' | 'delete'

for (const engine of ENGINES) {
  describe(`keychain through ${engine}, on a Secret Service that misbehaves`, () => {
    requireTools(...SECRET_SERVICE_TOOLS)
    let service: FakeSecretService
    let reference: CredentialReference

    const storeWith = (more: Partial<KeychainOptions> = {}) =>
      createKeychainStore({service: 'test-host', env: service.env, engines: [engine], interactive: false, ...more})

    beforeEach(async () => {
      service = await startFakeSecretService()
      reference = await storeWith().set('one', new Secret(OLD))
    })
    afterEach(() => service?.stop())

    /** Each call, beside the others, ends in time with this code, leaves no helper, and prints no secret. */
    async function expectRefused(
      operations: Operation[],
      code: AuthErrorCode,
      faults: SecretServiceFaults,
      more: Partial<KeychainOptions> = code === 'KEYCHAIN_TIMEOUT' ? {} : UNHURRIED,
    ): Promise<void> {
      const store = storeWith(more)
      const calls: Record<Operation, () => Promise<unknown>> = {
        check: () => store.check(),
        get: () => store.get(reference),
        set: () => store.set('two', NEW),
        delete: () => store.delete(reference),
      }
      const refuse = async (operation: Operation) => {
        const error = await refusal(calls[operation]())
        expect(error.code, `${operation}: ${error.message}`).to.equal(code)
        expect(inspect(error, {depth: 9, showHidden: true}) + error.stack).not.to.include('canary')
      }
      service.faults = {...faults}
      await inTime(more.timeout ?? 3000, service.env, () => Promise.all(operations.map(refuse)))
      service.faults = {}
    }

    const textOf = async (entry: CredentialReference) => (await storeWith().get(entry))?.reveal()

    it('works while nothing is wrong with it', async () => {
      await storeWith().check()
      expect(await textOf(reference)).to.equal(OLD)
      expect(await storeWith().delete(reference)).to.equal(true)
      expect(service.secrets()).to.be.empty
    })

    for (const [member, operations] of [
      ['OpenSession', ['check', 'get', 'set']],
      ['SearchItems', ['check', 'get', 'set', 'delete']],
      ['CreateItem', ['check', 'set']],
      [engine === 'keytar' ? 'GetSecrets' : 'GetSecret', ['check', 'get', 'set']],
    ] as const) {
      it(`is a time-out when it hangs in ${member}, and the earlier secret stays (cases 19, 20)`, async () => {
        await expectRefused([...operations], 'KEYCHAIN_TIMEOUT', {hangsIn: [member]}, {timeout: SHORT})
        expect(await textOf(reference)).to.equal(OLD)
      })
    }

    it('says where an entry may be that was written without an answer (case 19)', async () => {
      service.faults = {hangsIn: ['CreateItem']}
      const error = await refusal(storeWith({timeout: SHORT}).set('two', NEW), 'KEYCHAIN_TIMEOUT')
      expect(error.suggestions.join('\n')).to.include('service test-host, account two')
    })

    it('is unavailable when it dies while it writes, and has lost nothing (case 18)', async () => {
      service.faults = {diesIn: 'CreateItem'}
      await inTime(3000, service.env, () => refusal(storeWith().set('two', NEW), 'KEYCHAIN_UNAVAILABLE'))
      expect(service.secrets()).to.deep.equal([OLD])
    })

    for (const [member, operations] of [
      ['SearchItems', ['get', 'delete']],
      ['CreateItem', ['check', 'set']],
      ['Delete', ['check', 'delete']],
    ] as const) {
      it(`is an error, never an absence, when ${member} answers what nobody knows (case 22)`, async () => {
        await expectRefused([...operations], 'KEYCHAIN_ERROR', {fails: {[member]: OUT_OF_MEMORY}})
        expect(await textOf(reference)).to.equal(OLD)
      })
    }

    it('refuses a secret that is given back as another, says so, and leaves nothing of it (case 23)', async () => {
      service.faults = {givesOther: true}
      for (const call of [() => storeWith().set('two', NEW), () => storeWith().check()]) {
        const error = await inTime(3000, service.env, () => refusal(call(), 'KEYCHAIN_ERROR'))
        expect(error.message).to.include('something else than was just written')
      }

      expect(service.secrets()).to.deep.equal([OLD])
    })

    it('leaves nothing of a secret that cannot be read back', async () => {
      service.faults = {fails: {GetSecret: OUT_OF_MEMORY, GetSecrets: OUT_OF_MEMORY}}
      await inTime(3000, service.env, () => refusal(storeWith().set('two', NEW), 'KEYCHAIN_ERROR'))
      expect(service.secrets()).to.deep.equal([OLD])
    })

    // libsecret then takes the unencrypted session, which crosses nothing but the socket of this user's bus.
    it(`${engine === 'keytar' ? 'works' : 'is unavailable'} without an encrypted session (case 24)`, async () => {
      if (engine === 'keyring') {
        await expectRefused(['check', 'get', 'set', 'delete'], 'KEYCHAIN_UNAVAILABLE', {withoutEncryption: true})
      } else {
        service.faults = {withoutEncryption: true}
        await storeWith().check()
        expect(await textOf(reference)).to.equal(OLD)
      }
    })

    it(`${engine === 'keytar' ? 'works' : 'is unavailable for writing'} without a default keyring (case 9)`, async () => {
      service.faults = {withoutKeyring: true}
      if (engine === 'keytar') await storeWith().check()
      else await refusal(storeWith().check(), 'KEYCHAIN_UNAVAILABLE')
      expect(await textOf(reference)).to.equal(OLD)
    })

    it('is a time-out when every answer takes 1.5 s, unless a person waits or more time is given (case 21)', async () => {
      const textWith = async (more: Partial<KeychainOptions>) => (await storeWith(more).get(reference))?.reveal()
      await expectRefused(['get'], 'KEYCHAIN_TIMEOUT', {delay: 1500})
      service.faults = {delay: 1500}
      expect(await Promise.all([textWith({timeout: 15_000}), textWith({interactive: true})])).to.deep.equal([OLD, OLD])
    })

    it('waits on a terminal until a person has unlocked it (case 13)', async () => {
      const notices: string[] = []
      const store = storeWith({interactive: true, onWait: (text) => notices.push(text)})
      service.faults = {locked: {answer: 'unlock', after: 3500}}
      expect((await inTime(5500, service.env, () => store.get(reference)))?.reveal()).to.equal(OLD)
      expect(notices).to.have.length(1)
      service.faults = {locked: {answer: 'unlock', after: 10}}
      expect(await store.set('two', NEW)).to.include({account: 'two'})
    })

    it('is locked, and says what to do, when a person closes the dialog (case 11)', async () => {
      const locked = {locked: {answer: 'dismiss', after: 10}} as const
      await expectRefused(['get'], 'KEYCHAIN_LOCKED', locked, {interactive: true})
      await expectRefused(['check', 'get', 'set', 'delete'], 'KEYCHAIN_LOCKED', locked)
      service.faults = locked
      expect((await refusal(storeWith().get(reference))).suggestions).to.include('Unlock the keychain, then try again.')
      service.faults = {}
      expect(service.secrets()).to.deep.equal([OLD])
      expect(await textOf(reference)).to.equal(OLD)
    })
  })
}
