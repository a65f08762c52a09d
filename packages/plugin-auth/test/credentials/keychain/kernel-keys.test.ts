import {spawnSync} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {rmSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {ENGINES} from '../../../src/credentials/keychain/keychain-engine.js'
import {findTool, requireThat, requireTools} from '../../support/requires.js'
import {makeHome} from '../../support/secret-service.js'

const SERVICE = `host-${randomUUID()}`
const ROOM = new URL('../../../dist/credentials/', import.meta.url)

/** keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL), as sshd and PAM do at a login: the key ring is gone with the process. */
const KEYCTL: Partial<Record<NodeJS.Architecture, number>> = {x64: 250, arm64: 219}
const inOwnSession = [
  ...[findTool('perl') ?? 'perl', '-e'],
  `syscall(${KEYCTL[process.arch]}, 1, 0) >= 0 or exit 9; exec @ARGV or exit 8`,
]

/** What a program says, and whether the kernel then shows it a key of this service, as @napi-rs/keyring names them. */
function run(body: string, env: NodeJS.ProcessEnv, through: string[]): string {
  const program = `
    import {readFileSync} from 'node:fs'
    const service = '${SERVICE}'
    const say = (text) => process.stdout.write(text + '\\n')
    const look = () => say(readFileSync('/proc/keys', 'utf8').includes('@' + service) ? 'there is a key' : 'no key')
    ${body}`
  const [command = '', ...args] = [...through, process.execPath, '--input-type=module', '-e', program]
  const {stdout, stderr, status} = spawnSync(command, args, {env, cwd: fileURLToPath(ROOM), encoding: 'utf8'})
  expect(status, stderr).to.equal(0)
  return stdout
}

describe("the kernel's keys, where there is no Secret Service", () => {
  requireTools('perl')
  requireThat(
    process.platform === 'linux' && spawnSync(inOwnSession[0]!, [...inOwnSession.slice(1), 'true']).status === 0,
    'needs a Linux whose kernel keeps keys',
  )
  let base: string
  let env: NodeJS.ProcessEnv
  before(() => {
    ;({base, env} = makeHome())
  })
  after(() => base && rmSync(base, {recursive: true}))

  for (const [what, through] of [
    ['a session of its own, as after ssh (case 28)', inOwnSession],
    ['no session of its own (case 29)', []],
  ] as const) {
    for (const engine of ENGINES) {
      it(`hold nothing of ours beside ${engine}, in ${what}`, () => {
        for (const DBUS_SESSION_BUS_ADDRESS of ['', 'unix:path=/nope']) {
          const body = `
            import {createKeychainStore} from './keychain/keychain-store.js'
            import {Secret} from '../secret.js'
            const store = createKeychainStore({service, engines: ['${engine}'], interactive: false})
            for (const call of [() => store.set('one', new Secret('llx-canary')), () => store.check()])
              await call().catch(({code}) => say(code))
            look()`
          const said = run(body, {...env, DBUS_SESSION_BUS_ADDRESS}, [...through])
          expect(said).to.equal('KEYCHAIN_UNAVAILABLE\nKEYCHAIN_UNAVAILABLE\nno key\n')
        }
      })
    }
  }

  it('would hold a secret if @napi-rs/keyring chose', () => {
    const body = `
      import {AsyncEntry} from '@napi-rs/keyring'
      const entry = new AsyncEntry(service, 'one')
      await entry.setPassword('x')
      look()
      await entry.deletePassword()`
    expect(run(body, env, inOwnSession)).to.equal('there is a key\n')
  })
})
