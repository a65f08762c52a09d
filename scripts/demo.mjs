// The real CLI against the dev control plane, in a configuration folder of its own. In a terminal a person approves in a
// browser; otherwise, and with --auto, a small scripted browser does. `demo-svg.mjs` makes a picture of it.
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {startDevControlPlane} from '../packages/dev-control-plane/dist/index.js'

const cli = fileURLToPath(new URL('../packages/llamactl/bin/run.cjs', import.meta.url))
const isAtTerminal = process.stdin.isTTY && process.stderr.isTTY
const isAttended = isAtTerminal && !process.env.CI && !process.argv.includes('--auto')
const folder = mkdtempSync(join(tmpdir(), 'llamactl-demo-'))
const plane = await startDevControlPlane()
const [ada, grace] = plane.seed.users
const keyOf = ({email}) => plane.seed.api_keys.find(({user}) => user === email).secret

const env = {...process.env}
for (const name of Object.keys(env)) if (/^LLAMA/.test(name)) delete env[name]
Object.assign(env, {
  LLAMACTL_CONFIG_DIR: join(folder, 'config'),
  LLAMACTL_DATA_DIR: join(folder, 'data'),
  LLAMACTL_CACHE_DIR: join(folder, 'cache'),
  LLAMACTL_CREDENTIAL_STORE: 'file',
})

process.once('exit', () => rmSync(folder, {recursive: true, force: true}))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const say = (text = '') => process.stdout.write(`${text}\n`)
const title = (text) => say(`\n# ${text}`)

/** Shows a command line as one would type it, runs it, and shows what it prints. */
async function run(line, {stdin, shown = line} = {}) {
  say(`\n$ ${shown}`)
  const child = spawn(process.execPath, [cli, ...line.split(' ').slice(1)], {
    env,
    stdio: [stdin === undefined ? (isAtTerminal ? 'inherit' : 'ignore') : 'pipe', 'inherit', 'inherit'],
  })
  child.stdin?.end(stdin)
  const status = await new Promise((resolve) => child.once('close', resolve))
  if (status !== 0) throw new Error(`\`${shown}\` ended with ${status}`)
}

/** Plays the person: sees that a login waits, opens its page, compares the code, signs in, and allows. */
async function scriptedPerson(user) {
  for (;;) {
    await setTimeout(1000)
    const {device_codes} = await (await fetch(`${plane.url}/dev/state`)).json()
    if (device_codes.length > 0) return plane.approve(device_codes[0].user_code, {user: user.email})
  }
}

try {
  say(`A dev control plane runs at ${plane.url}, with a real OpenID provider inside.`)
  say(
    'This demo keeps secrets in a file store in a temporary folder, so that it needs no keychain and leaves nothing behind.',
  )

  title('Tell the CLI about this control plane')
  await run(`llamactl auth env add ${plane.url}`)

  title('Log in with a browser, by the device flow (RFC 8628)')
  if (isAttended) {
    say(
      `Sign in as ${ada.email} with the password "${ada.password}". (Without a browser on this machine: npm run demo -- --auto)`,
    )
    await run('llamactl auth login')
  } else {
    // A command that does nothing: the scripted person has a browser already.
    if (isAtTerminal) env.BROWSER = 'true'
    await Promise.all([run('llamactl auth login --project-id prj-notes'), scriptedPerson(ada)])
  }

  title('See the profile, and choose another project')
  await run('llamactl auth list')
  await run('llamactl auth project prj-invoices')

  title('Add a second profile, from an API key on standard input')
  await run('llamactl auth token --api-key -', {
    stdin: keyOf(grace),
    shown: 'echo "$KEY" | llamactl auth token --api-key -',
  })

  title('Switch between them')
  await run('llamactl auth list')
  await run(`llamactl auth switch ${ada.email}`)
  await run('llamactl auth list --json')

  title('Log out: the key that login made is deleted at the server as well')
  const before = plane.apiKeys().length
  await run('llamactl auth logout --all')
  say(`\nThe control plane had ${before} API keys before, and has ${plane.apiKeys().length} now.`)
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error.message}\n`)
  process.exitCode = 1
} finally {
  await plane.close()
}
