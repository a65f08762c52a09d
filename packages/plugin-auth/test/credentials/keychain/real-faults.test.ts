import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import type {CredentialReference} from '../../../src/credentials/credential-store.js'
import {ENGINES} from '../../../src/credentials/keychain/keychain-engine.js'
import {createKeychainStore} from '../../../src/credentials/keychain/keychain-store.js'
import {runHelper} from '../../../src/credentials/keychain/run-helper.js'
import {Secret} from '../../../src/secret.js'
import {inTime} from '../../support/helper-processes.js'
import {refusal} from '../../support/refusal.js'
import {requireThat, requireTools} from '../../support/requires.js'
import {SECRET_SERVICE_TOOLS, type SecretService, startSecretService} from '../../support/secret-service.js'
import {useTemporaryFolder} from '../../support/temporary-folder.js'

const SERVICE = 'test-host'
const secret = new Secret('llx-canary-4711')

for (const engine of ENGINES) {
  const reference: CredentialReference = {store: 'keychain', engine, service: SERVICE, account: 'one'}
  const storeOn = (env: NodeJS.ProcessEnv, timeout?: number) =>
    createKeychainStore({service: SERVICE, engines: [engine], interactive: false, env, timeout})

  describe(`keychain through ${engine}, beside a system that is broken`, () => {
    requireTools(...SECRET_SERVICE_TOOLS)
    let service: SecretService | undefined
    afterEach(async () => {
      await service?.stop()
      service = undefined
    })

    it('is unavailable when the Secret Service ends as soon as it is started (case 6)', async () => {
      const {env} = (service = await startSecretService({keyring: 'none', startedBy: '/bin/false'}))
      const store = storeOn(env)
      for (const call of [() => store.check(), () => store.get(reference), () => store.delete(reference)]) {
        await inTime(3000, env, () => refusal(call(), 'KEYCHAIN_UNAVAILABLE'))
      }
    })

    it('is a time-out when the Secret Service is started and never comes up (case 7)', async () => {
      const {env} = (service = await startSecretService({keyring: 'none', startedBy: '/bin/sleep 600'}))
      await inTime(3000, env, () => refusal(storeOn(env).get(reference), 'KEYCHAIN_TIMEOUT'))
      await inTime(700, env, () => refusal(storeOn(env, 700).delete(reference), 'KEYCHAIN_TIMEOUT'))
    })

    it('refuses what is no text, and quotes nothing of it (case 62)', async () => {
      const {env} = (service = await startSecretService())
      for (const value of [['llx-canary'], Buffer.from('llx-canary'), {key: 'llx-canary'}, 4711, null, undefined]) {
        const error = await refusal(storeOn(env).set('two', new Secret(value as unknown as string)), 'KEYCHAIN_ERROR')
        expect(error.message).to.include('is not text').and.not.to.include('canary')
      }
    })
  })

  describe(`keychain through ${engine}, of a person who speaks German`, () => {
    requireTools(...SECRET_SERVICE_TOOLS, 'localedef')
    let service: SecretService
    afterEach(() => service?.stop())

    it('calls nothing absent that a daemon refuses in German (case 69)', async () => {
      const locales = mkdtempSync(join(tmpdir(), 'locales-'))
      spawnSync('localedef', ['-i', 'de_DE', '-f', 'UTF-8', join(locales, 'de_DE.UTF-8')])
      const german = {LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de', LOCPATH: locales}
      service = await startSecretService({env: german})
      const {env} = service
      await storeOn(env).set('one', secret)
      service.lock()
      for (const call of [() => storeOn(env).get(reference), () => storeOn(env).set('two', secret)]) {
        await inTime(3000, env, () => refusal(call(), 'KEYCHAIN_LOCKED'))
      }

      await service.kill()
      await inTime(3000, env, () => refusal(storeOn(env).get(reference), 'KEYCHAIN_UNAVAILABLE'))
      rmSync(locales, {recursive: true})
    })
  })

  describe(`keychain through ${engine}, on a disk that takes nothing`, () => {
    requireTools(...SECRET_SERVICE_TOOLS, 'mount', 'umount')
    requireThat(canMount(), 'needs the right to mount')
    let service: SecretService
    let disk: string

    beforeEach(async () => {
      service = await startSecretService()
      await service.kill()
      disk = join(service.home, '.local/share/keyrings')
      mkdirSync(disk, {recursive: true})
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=700', 'tmpfs', disk])
      await service.restart()
      await storeOn(service.env, 20_000).set('one', secret)
    })
    afterEach(async () => {
      await service.kill()
      spawnSync('umount', [disk])
      await service.stop()
    })

    async function expectNothingLost(): Promise<void> {
      for (const call of [() => storeOn(service.env).set('two', secret), () => storeOn(service.env).check()]) {
        const error = await inTime(3000, service.env, () => refusal(call(), 'KEYCHAIN_ERROR'))
        expect(error.message).to.include('its disk is full or read-only').and.not.to.include('canary')
      }

      await service.restart()
      expect((await storeOn(service.env).get(reference))?.reveal()).to.equal(secret.reveal())
      expect(await storeOn(service.env).get({...reference, account: 'two'})).to.equal(undefined)
    }

    it('cannot write when it is full, and the earlier secret is there after a restart (case 26)', async () => {
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4k'])
      await expectNothingLost()
    })

    it('cannot write when it is read-only, and the earlier secret is there after a restart (case 27)', async () => {
      spawnSync('mount', ['-o', 'remount,ro', disk])
      await expectNothingLost()
    })
  })
}

describe('the helper process', () => {
  const temporary = useTemporaryFolder()
  const request = {operation: 'get', engines: ['keytar'], service: SERVICE, account: 'one'} as const
  const run = async (program: string) => {
    const helper = join(temporary(), 'helper.mjs')
    writeFileSync(helper, program)
    const running = runHelper({...request, parent: process.pid, limit: 5000}, {PATH: process.env['PATH']}, helper)
    return running.ended
  }
  const REPLY = `require('node:fs').writeSync(3, '{"kind":"done","engine":"keytar","value":"v"}\\n')`
  const PRELUDE = `import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);`

  it('may print what it likes beside its reply (case 34)', async () => {
    const reply = await run(`${PRELUDE} console.log('junk'.repeat(1e5)); console.error('{"kind":"done"}'); ${REPLY}`)
    expect(reply).to.deep.equal({kind: 'done', engine: 'keytar', value: 'v'})
  })

  for (const [what, program] of [
    ['ends without a word', ''],
    ['ends by a signal', `process.kill(process.pid, 'SIGSEGV')`],
    ['aborts', 'process.abort()'],
    ['throws', `throw new Error('llx-canary')`],
    ['ends in the middle of its reply', `${PRELUDE} require('node:fs').writeSync(3, '{"kind":"done","val')`],
    ['replies with something else', `${PRELUDE} require('node:fs').writeSync(3, '[1]\\n')`],
    ['replies without end', `${PRELUDE} for (;;) require('node:fs').writeSync(3, 'x'.repeat(65536))`],
  ] as const) {
    it(`has crashed when it ${what} (case 33)`, async () => {
      expect(await run(program)).to.deep.equal({kind: 'crashed'})
    })
  }
})

describe('the source of the keychain room', () => {
  const folder = fileURLToPath(new URL('../../../src/credentials/keychain/', import.meta.url))
  const source = (name: string) => readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '')

  it('never lists what keytar keeps: on a locked keyring that ends the process (case 32)', () => {
    const callers = readdirSync(folder).filter((name) => /findCredentials\b/.test(source(name)))
    expect(callers).to.be.empty
  })

  it('lists with the other library in its lock probe alone, and pins its store', () => {
    const callers = readdirSync(folder).filter((name) => /findCredentialsAsync|AsyncEntry/.test(source(name)))
    expect(callers).to.deep.equal(['keyring-engine.ts'])
    expect(source('keyring-engine.ts').match(/new AsyncEntry\([^)]*\)/g)).to.deep.equal([
      'new AsyncEntry(service, account, PINNED)',
      "new AsyncEntry(service, 'session', PINNED)",
    ])
  })
})

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'auth-mount-'))
  const {status} = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder])
  if (status === 0) spawnSync('umount', [folder])
  rmdirSync(folder)
  return status === 0
}
