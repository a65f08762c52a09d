// What a login costs: requests, round trips, helper processes, and what of its time is the CLI's own.
import {existsSync, readFileSync, renameSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {startDevControlPlane} from '../packages/dev-control-plane/dist/index.js'
import {startSecretService} from '../packages/plugin-auth/test/support/secret-service.ts'
import {deviceLogin, INTERVAL} from './support/device-login.mjs'
import {median} from './support/numbers.mjs'
import {withPackedCli} from './support/packed-cli.mjs'
import {keyOf, logInAndCopy, person} from './support/populate.mjs'
import {busy, describeTrips, recordRequests, roundTrips} from './support/requests.mjs'
import {run, say} from './support/run.mjs'
import {sandboxIn, withFolder} from './support/sandbox.mjs'
import {publish, table, where} from './support/tables.mjs'

/** Milliseconds that each answer is late, where round trips are counted. */
const DELAY = 200
const stores = ['file', 'keytar', 'keyring']
const keychainCalls = fileURLToPath(new URL('support/keychain-calls.mjs', import.meta.url))

export const login = ({rounds = 10, isWritten}) =>
  withFolder((folder) =>
    withPackedCli(folder, async ({bin, modules}) => {
      const cli = [process.execPath, bin]
      const plane = await startDevControlPlane({interval: INTERVAL})
      const keychain = await startSecretService()
      try {
        const rows = []
        const ways = []
        for (const store of stores) {
          say(`Logins, ${store} …`)
          const sandbox = sandboxOf(folder, store, keychain)
          await withEngine(modules, store, async () => {
            await logInAndCopy(cli, sandbox, plane)
            await requireEngine(cli, sandbox, store)
            for (const kind of kinds(cli, sandbox, plane)) {
              const {cells, way} = await measureKind(kind, {plane, rounds, folder})
              rows.push([`${kind.name}, ${store}`, ...cells])
              if (store === 'file') ways.push(`${kind.name}: ${way}`)
            }
          })
        }

        const head = ['', 'requests', 'round trips', 'connections', 'helper processes']
        const text = [
          table([...head, 'ms', 'of them the server', 'waiting for the poll', 'ours'], rows),
          ways.map((way) => `- ${way}`).join('\n'),
          await measureCalls(folder, keychain, rounds),
          `${rounds} rounds. ${where()}`,
        ]
        publish('login', text.join('\n\n'), {isWritten})
      } finally {
        await keychain.stop()
        await plane.close()
      }
    }),
  )

function sandboxOf(folder, store, keychain) {
  const sandbox = sandboxIn(folder, `login-${store}`)
  if (store === 'file') return sandbox
  const {DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR} = keychain.env
  return {...sandbox, env: {...sandbox.env, LLAMACTL_CREDENTIAL_STORE: '', DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR}}
}

/** The second engine takes over where the first cannot be loaded. */
async function withEngine(modules, store, work) {
  const room = join(modules, 'llamactl', 'bundle', 'packages', '@llamactl', 'plugin-auth', 'dist', 'credentials')
  const keytar = join(room, 'keychain', 'prebuilds')
  if (store !== 'keyring') return work()
  if (!existsSync(keytar)) throw new Error(`keytar is not in ${keytar}`)
  renameSync(keytar, `${keytar}-away`)
  try {
    return await work()
  } finally {
    renameSync(`${keytar}-away`, keytar)
  }
}

async function requireEngine(cli, {env}, store) {
  const {credential} = JSON.parse(await run([...cli, 'auth', 'status', '--offline', '--json'], {env}))
  const wanted = store === 'file' ? 'plain' : store
  if (credential.engine !== wanted) throw new Error(`The secret is kept by ${credential.engine}, not by ${wanted}.`)
}

const kinds = (cli, {env}, plane) => [
  {
    name: 'token login',
    isBrowserLogin: false,
    async logIn(through = []) {
      const began = performance.now()
      await run([...through, ...cli, 'auth', 'token', '--no-interactive', '--name', 'extra'], {
        env: {...env, LLAMA_CLOUD_API_KEY: keyOf(plane)},
      })
      return performance.now() - began
    },
    logOut: () => run([...cli, 'auth', 'logout', 'extra'], {env}),
  },
  {
    name: 'browser login',
    isBrowserLogin: true,
    logIn: (through = []) => deviceLogin([...through, ...cli], {env}, plane),
    logOut: () => run([...cli, 'auth', 'logout', person], {env}),
  },
]

async function measureKind(kind, {plane, rounds, folder}) {
  const once = async (through) => {
    const {requests, stop} = recordRequests()
    const took = await kind.logIn(through)
    stop()
    await kind.logOut()
    return {took, requests}
  }
  await once()
  const logins = []
  for (let round = 0; round < rounds; round++) {
    const {took, requests} = await once()
    const server = busy(requests)
    const wait = kind.isBrowserLogin ? waited(requests) : 0
    logins.push({took, server, wait, own: took - server - wait})
  }

  const late = plane.faults.add({path: LATE, delay: DELAY, times: Infinity})
  const {took, requests} = await once()
  late.remove()
  const trips = roundTrips(requests)
  const of = (key) => median(logins.map((login) => login[key]))
  const slope = (took - of('took')) / DELAY
  if (Math.abs(slope - trips.length) > 0.5)
    say(`${kind.name}: ${trips.length} round trips, but ${slope.toFixed(1)} by the time.`)
  const helpers = await countHelpers(join(folder, 'processes'), once)
  const whole = (key) => of(key).toFixed(0)
  return {
    cells: [
      String(requests.length),
      String(trips.length),
      String(new Set(requests.map(({socket}) => socket)).size),
      helpers,
      whole('took'),
      whole('server'),
      kind.isBrowserLogin ? whole('wait') : '-',
      whole('own'),
    ],
    way: describeTrips(trips),
  }
}

/** What the CLI asks for; the pages of a browser are not late, so that the approval is there before the first poll. */
const LATE = /^\/api\/|^\/oidc\/(?:\.well-known|device\/auth|token|jwks)/

/** From the code to the question whether it was approved: nobody is at work then. */
function waited(requests) {
  const {ended} = requests.find(({path}) => path === '/oidc/device/auth')
  return requests.find(({path}) => path === '/oidc/token').began - ended
}

async function countHelpers(file, once) {
  try {
    await run(['strace', '-V'], {env: process.env})
  } catch {
    return '?'
  }
  await once(['strace', '-f', '-qq', '-e', 'trace=execve', '-o', file])
  const started = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /execve\(.*\) = 0$/.test(line))
  return String(started.length - 1)
}

async function measureCalls(folder, keychain, rounds) {
  const names = ['check', 'set', 'get', 'delete']
  const rows = []
  for (const store of stores) {
    const output = await run([process.execPath, keychainCalls, store, String(rounds), join(folder, 'file-store')], {
      env: keychain.env,
    })
    const took = JSON.parse(output)
    rows.push([store, ...names.map((name) => median(took[name]).toFixed(1))])
  }

  return table(['ms a call', ...names.map((name) => `\`${name}\``)], rows)
}
