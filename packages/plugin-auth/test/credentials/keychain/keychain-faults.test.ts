import {spawn, spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import {text} from 'node:stream/consumers'
import {setTimeout as sleep} from 'node:timers/promises'
import {inspect} from 'node:util'
import {expect} from 'chai'
import type {CredentialReference} from '../../../src/credentials/credential-store.js'
import {ENGINES} from '../../../src/credentials/keychain/keychain-engine.js'
import {createKeychainStore, type KeychainOptions} from '../../../src/credentials/keychain/keychain-store.js'
import {Secret} from '../../../src/secret.js'
import type {AuthErrorCode} from '../../../src/errors.js'
import {aHelperOf, helpersOf, inTime, noHelperLeft} from '../../support/helper-processes.js'
import {refusal} from '../../support/refusal.js'
import {requireTools} from '../../support/requires.js'
import {
  makeHome,
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
  startSilentBus,
} from '../../support/secret-service.js'

const SERVICE = 'test-host'
const secret = new Secret('llx-canary-4711')

/** Short where a call is known to hang: the tests run through every deadline. */
const SHORT = 700

for (const engine of ENGINES) {
  const options = {service: SERVICE, engines: [engine], interactive: false} satisfies KeychainOptions
  const reference: CredentialReference = {store: 'keychain', engine, service: SERVICE, account: 'one'}

  const storeOn = (env: NodeJS.ProcessEnv, more: Partial<KeychainOptions> = {}) =>
    createKeychainStore({...options, env, ...more})

  describe(`keychain through ${engine}, when something is wrong`, () => {
    requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')
    const endings: (() => Promise<void> | void)[] = []
    afterEach(async () => {
      for (const end of endings.splice(0)) await end()
    })

    async function start(...arguments_: Parameters<typeof startSecretService>): Promise<SecretService> {
      const service = await startSecretService(...arguments_)
      endings.push(service.stop)
      return service
    }

    async function silentBus(): Promise<NodeJS.ProcessEnv> {
      const bus = await startSilentBus()
      endings.push(bus.stop)
      return bus.env
    }

    function homeWithoutBus(): NodeJS.ProcessEnv {
      const {base, env} = makeHome()
      endings.push(() => rmSync(base, {recursive: true}))
      return env
    }

    async function expectAll(env: NodeJS.ProcessEnv, code: AuthErrorCode, {timeout}: {timeout?: number} = {}) {
      const store = storeOn(env, {timeout})
      const calls = {
        check: () => store.check(),
        set: () => store.set('one', secret),
        get: () => store.get(reference),
        delete: () => store.delete(reference),
      }
      const refuse = async ([name, call]: [string, () => Promise<unknown>]) => {
        const error = await refusal(call())
        expect(error.code, `${name}: ${error.message} (${libraryText(error)})`).to.equal(code)
        expect(error.suggestions, name).not.to.be.empty
        const printed = inspect(error, {depth: 9, showHidden: true}) + error.stack + JSON.stringify(error)
        expect(printed).not.to.include('canary')
      }

      if (timeout) await inTime(timeout, env, () => Promise.all(Object.entries(calls).map(refuse)))
      else for (const call of Object.entries(calls)) await inTime(3000, env, () => refuse(call))
    }

    it('is unavailable without a bus (case 2)', async () => {
      const env = homeWithoutBus()
      await expectAll(env, 'KEYCHAIN_UNAVAILABLE')
    })

    it('is unavailable when the address of the bus is stale (case 3)', async () => {
      await expectAll({...homeWithoutBus(), DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nope'}, 'KEYCHAIN_UNAVAILABLE')
    })

    it('is unavailable when nobody on the bus keeps secrets (case 5)', async () => {
      const {env} = await start({keyring: 'none'})
      await expectAll(env, 'KEYCHAIN_UNAVAILABLE')
    })

    it('is unavailable after the daemon was killed, and nothing is called absent (case 17)', async () => {
      const service = await start()
      await storeOn(service.env).set('one', secret)
      await service.kill()
      await expectAll(service.env, 'KEYCHAIN_UNAVAILABLE')
    })

    it('cannot write where there is no keyring, and reads absent (case 8)', async () => {
      const {env} = await start({keyring: 'uninitialised'})
      const store = storeOn(env)
      await inTime(3000, env, () => refusal(store.check(), 'KEYCHAIN_UNAVAILABLE'))
      await inTime(3000, env, () => refusal(store.set('one', secret), 'KEYCHAIN_UNAVAILABLE'))
      expect(await inTime(3000, env, () => store.get(reference))).to.equal(undefined)
    })

    it('is a time-out when the bus never answers (case 4)', async () => {
      await expectAll(await silentBus(), 'KEYCHAIN_TIMEOUT', {timeout: SHORT})
    })

    it('is a time-out when the daemon is stopped (case 15)', async () => {
      const service = await start()
      await storeOn(service.env).set('one', secret)
      service.freeze()
      await expectAll(service.env, 'KEYCHAIN_TIMEOUT', {timeout: SHORT})
    })

    it('is locked, never absent, when nobody can unlock it; the secret is there after unlocking (case 10)', async () => {
      const service = await start()
      await storeOn(service.env).set('one', secret)
      service.lock()
      await expectAll(service.env, 'KEYCHAIN_LOCKED')
      await service.unlock()
      expect((await storeOn(service.env).get(reference))?.equals(secret)).to.equal(true)
    })

    it('is a time-out that speaks of the dialog while one to unlock it stays open (case 12)', async () => {
      const service = await start({prompt: 'left open'})
      const store = storeOn(service.env, {timeout: SHORT})
      await storeOn(service.env).set('one', secret)
      service.lock()
      for (const [call, opensDialog] of [
        [() => store.get(reference), true],
        // keytar says at once that it cannot delete.
        [() => store.delete(reference), engine !== 'keytar'],
        [() => store.set('one', secret), true],
      ] as const) {
        const error = await inTime(SHORT, service.env, () => refusal(call()))
        expect(error.code).to.equal(opensDialog ? 'KEYCHAIN_TIMEOUT' : 'KEYCHAIN_LOCKED')
        expect(error.suggestions.join()).to.include(opensDialog ? 'If a dialog asks' : 'Unlock the keychain')
      }

      await service.unlock()
      expect((await storeOn(service.env).get(reference))?.equals(secret)).to.equal(true)
    })

    it('waits on a terminal for as long as the dialog is open, and says so once (case 13)', async () => {
      const service = await start({prompt: 'left open'})
      await storeOn(service.env).set('one', secret)
      service.lock()
      const notices: string[] = []
      const store = storeOn(service.env, {interactive: true, onWait: (text) => notices.push(text)})
      const begun = performance.now()
      const answer = store.get(reference).then(
        (found) => found?.reveal(),
        (error: {code: string}) => error.code,
      )
      await sleep(3600)
      await service.unlock()
      // keytar is asked again after the dialog closed; the other library takes the closed dialog for a refusal.
      expect(await answer).to.equal(engine === 'keytar' ? 'llx-canary-4711' : 'KEYCHAIN_LOCKED')
      expect(performance.now() - begun).to.be.within(3500, 6000)
      expect(notices).to.have.length(1)
      await noHelperLeft(service.env)
    })

    it('waits on a terminal also for the first secret of a host, which finds nothing locked yet', async () => {
      const service = await start({prompt: 'left open'})
      service.lock()
      const begun = performance.now()
      const answer = refusal(storeOn(service.env, {interactive: true}).check())
      await sleep(3600)
      service.dismissPrompt()
      expect((await answer).code).to.equal('KEYCHAIN_LOCKED')
      expect(performance.now() - begun).to.be.within(3500, 6000)
    })

    it('does not wait on a terminal for a daemon that answers nobody', async () => {
      const service = await start()
      service.freeze()
      const notices: string[] = []
      const store = storeOn(service.env, {interactive: true, onWait: (text) => notices.push(text)})
      await inTime(3000, service.env, () => refusal(store.get(reference), 'KEYCHAIN_TIMEOUT'))
      expect(notices).to.have.length(1)
    })

    it('says what is waited for also where nobody could answer a dialog', async () => {
      const notices: string[] = []
      const store = storeOn(await silentBus(), {timeout: 900, onWait: (text) => notices.push(text)})
      await refusal(store.get(reference), 'KEYCHAIN_TIMEOUT')
      expect(notices).to.deep.equal(['Waiting for the keychain.'])
    })

    it('ends with the reason of the signal, and without a helper, while a call hangs (case 16)', async () => {
      const env = await silentBus()
      const cancel = new AbortController()
      const call = storeOn(env, {signal: cancel.signal}).get(reference)
      await aHelperOf(env)
      const begun = performance.now()
      const reason = new Error('cancelled')
      cancel.abort(reason)
      expect(await call.catch((error: unknown) => error)).to.equal(reason)
      expect(performance.now() - begun).to.be.below(100)
      await noHelperLeft(env)
    })

    it('starts nothing after the signal', async () => {
      const env = await silentBus()
      const reason = new Error('cancelled')
      const call = storeOn(env, {signal: AbortSignal.abort(reason)}).get(reference)
      expect(await call.catch((error: unknown) => error)).to.equal(reason)
      expect(helpersOf(env)).to.be.empty
    })

    it('is an error, not an absence, when the helper crashes (case 33)', async () => {
      const env = await silentBus()
      const call = refusal(storeOn(env).get(reference), 'KEYCHAIN_ERROR')
      process.kill((await aHelperOf(env)).pid, 'SIGSEGV')
      expect((await call).message).to.include('without an answer')
    })

    it('leaves no helper when this program is killed while a call hangs (case 35)', async () => {
      const env = await silentBus()
      const call = `
        import {createKeychainStore} from './dist/credentials/keychain/keychain-store.js'
        await createKeychainStore({service: 'x', interactive: true, engines: ['${engine}']}).check()`
      const program = spawn(process.execPath, ['--input-type=module', '-e', call], {env, stdio: 'ignore'})
      await aHelperOf(env)
      program.kill('SIGKILL')
      await noHelperLeft(env, 1500)
    })

    it('shows the secret to no process while a call hangs (cases 61, 66)', async () => {
      const env: NodeJS.ProcessEnv = {
        ...(await silentBus()),
        LLAMA_CLOUD_API_KEY: 'llx-canary-env',
        GITHUB_TOKEN: 'canary',
      }
      const call = refusal(storeOn({...env, NODE_OPTIONS: '--inspect'}, {timeout: SHORT}).set('one', secret))
      const helper = await aHelperOf(env)
      expect(helper.arguments + helper.environment).not.to.include('canary')
      expect(helper.environment).to.include('NODE_OPTIONS=\0')
      await call
    })

    it('keeps what other programs put into a keyring without a password (cases 30, 31)', async () => {
      const service = await start({password: ''})
      await storeOn(service.env, {service: 'another-program'}).set('one', new Secret('theirs'))
      await refusal(storeOn(service.env).set('one', new Secret('llx\nnext line')), 'KEYCHAIN_ERROR')
      await refusal(storeOn(service.env).set('a\nname', secret), 'KEYCHAIN_ERROR')
      await storeOn(service.env).set('one', secret)
      await service.restart()
      const theirs = await storeOn(service.env).get({...reference, service: 'another-program'})
      expect(theirs?.reveal()).to.equal('theirs')
      expect((await storeOn(service.env).get(reference))?.equals(secret)).to.equal(true)
    })

    it('is an error when two entries have the same name, unless the engine takes the first (case 25)', async () => {
      const service = await start()
      const attribute = engine === 'keytar' ? 'account' : 'username'
      for (const extra of ['a', 'b']) {
        const names = ['service', SERVICE, attribute, 'one', 'extra', extra]
        const schema = ['xdg:schema', 'org.freedesktop.Secret.Generic']
        spawnSync('secret-tool', ['store', '--label=x', ...schema, ...names], {
          env: service.env,
          input: `llx-canary-${extra}`,
        })
      }

      const found = storeOn(service.env).get(reference)
      if (engine === 'keytar') expect((await found)?.reveal()).to.match(/^llx-canary-[ab]$/)
      else
        expect(inspect(await refusal(found, 'KEYCHAIN_ERROR')))
          .not.to.include('canary')
          .and.not.to.include('/org/')
    })

    it('serves many calls at once', async () => {
      const {env} = await start()
      const warnings: Error[] = []
      const listen = (warning: Error) => warnings.push(warning)
      process.on('warning', listen)
      const accounts = Array.from({length: 15}, (_, index) => `account-${index}`)
      // Fifteen starts of Node on two processors take a while.
      const store = storeOn(env, {timeout: 15_000})
      const references = await Promise.all(accounts.map((account) => store.set(account, new Secret(account))))
      const secrets = await Promise.all(references.map((reference) => store.get(reference)))
      process.off('warning', listen)
      expect(secrets.map((found) => found?.reveal())).to.deep.equal(accounts)
      expect(warnings).to.be.empty
    })

    it('leaves nothing behind after a check', async () => {
      const service = await start({password: ''})
      await storeOn(service.env).set('one', secret)
      await storeOn(service.env).check()
      const keyring = readFileSync(join(service.home, '.local/share/keyrings/login.keyring'), 'utf8')
      expect(keyring).to.include(SERVICE).and.not.to.include('check-')
    })
  })
}

describe('several processes that wait for the same keychain', () => {
  requireTools(...SECRET_SERVICE_TOOLS)

  for (const [what, start] of [
    ['whose bus never answers (case 4)', startSilentBus],
    [
      'whose daemon is stopped (case 15)',
      async () => {
        const service = await startSecretService()
        service.freeze()
        return service
      },
    ],
  ] as const) {
    it(`each end at their own deadline: one ${what}`, async () => {
      const {env, stop} = await start()
      const call = `
        import {createKeychainStore} from './dist/credentials/keychain/keychain-store.js'
        const begun = performance.now()
        const {code} = await createKeychainStore({service: 'x', interactive: false}).check().catch((error) => error)
        console.log(JSON.stringify({code, took: performance.now() - begun}))`
      const programs = Array.from({length: 5}, () =>
        spawn(process.execPath, ['--input-type=module', '-e', call], {env}),
      )
      const said = await Promise.all(programs.map(({stdout}) => text(stdout)))
      for (const {code, took} of said.map((line) => JSON.parse(line) as {code: string; took: number})) {
        expect(code).to.equal('KEYCHAIN_TIMEOUT')
        expect(took).to.be.within(2000, 4000)
      }

      await noHelperLeft(env)
      await stop()
    })
  }
})

describe('keychain, when an engine is missing', () => {
  requireTools(...SECRET_SERVICE_TOOLS)
  let service: SecretService
  let withoutLibsecret: NodeJS.ProcessEnv
  before(async () => {
    service = await startSecretService()
    const libraries = join(service.home, 'libraries')
    mkdirSync(libraries)
    writeFileSync(join(libraries, 'libsecret-1.so.0'), '')
    withoutLibsecret = {...service.env, LD_LIBRARY_PATH: libraries}
  })
  after(() => service?.stop())

  it('writes with the next engine where libsecret is missing, and records that one (case 38)', async () => {
    const store = createKeychainStore({service: SERVICE, env: withoutLibsecret, interactive: false, timeout: 20_000})
    expect(await store.set('two', secret)).to.include({engine: 'keyring'})
  })

  it('names the engine that a credential needs, and the ways out (case 36)', async () => {
    const reference = await createKeychainStore({
      service: SERVICE,
      env: service.env,
      interactive: false,
      timeout: 20_000,
    }).set('one', secret)
    expect(reference.engine).to.equal('keytar')
    const store = createKeychainStore({service: SERVICE, env: withoutLibsecret, interactive: false, timeout: 20_000})
    const error = await refusal(store.get(reference), 'KEYCHAIN_UNAVAILABLE')
    expect(error.message).to.include('keytar')
    expect(error.suggestions.join('\n')).to.include('secret-tool lookup service test-host account one')
    await refusal(store.delete(reference), 'KEYCHAIN_UNAVAILABLE')
  })

  it('says so when no engine loads', async () => {
    const store = createKeychainStore({
      service: SERVICE,
      env: withoutLibsecret,
      interactive: false,
      timeout: 20_000,
      engines: ['keytar'],
    })
    await refusal(store.check(), 'KEYCHAIN_UNAVAILABLE')
  })

  it('refuses the engine of a newer version', async () => {
    const store = createKeychainStore({service: SERVICE, env: service.env, interactive: false, timeout: 20_000})
    const reference: CredentialReference = {store: 'keychain', engine: 'future', service: SERVICE, account: 'one'}
    const error = await refusal(store.get(reference), 'KEYCHAIN_UNAVAILABLE')
    expect(error.message).to.include('"future"')
  })

  it('reads only what the recorded engine wrote (case 39)', async () => {
    const [keytar, keyring] = ENGINES.map((engine) =>
      createKeychainStore({service: SERVICE, env: service.env, interactive: false, timeout: 20_000, engines: [engine]}),
    )
    const first = await keytar!.set('both', new Secret('by keytar'))
    const second = await keyring!.set('both', new Secret('by keyring'))
    const store = createKeychainStore({service: SERVICE, env: service.env, interactive: false, timeout: 20_000})
    expect((await store.get(first))?.reveal()).to.equal('by keytar')
    expect((await store.get(second))?.reveal()).to.equal('by keyring')
    expect(await store.delete(first)).to.equal(true)
    expect((await store.get(second))?.reveal()).to.equal('by keyring')
  })
})

const libraryText = (error: object): string => String(Object.getOwnPropertyDescriptor(error, 'libraryText')?.value)
