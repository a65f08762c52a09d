// Everything that has to hold: types, lint and borders, the surface, and the tests of each package. Ends with one line of
// counts. LLAMACTL_TEST_STRICT=1 is the mode in which nothing may be skipped.
import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const isStrict = process.env.LLAMACTL_TEST_STRICT === '1'
const scratch = mkdtempSync(join(tmpdir(), 'llamactl-check-'))
const bin = (name, ...path) => join(root, 'node_modules', name, ...path)
const failed = []

/** The output comes in one piece where another step may run beside it. */
async function step(title, script, args, options = {}) {
  const started = Date.now()
  const child = spawn(process.execPath, [script, ...args], {cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options})
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => output.push(data))
  const status = await new Promise((resolve) => child.once('close', resolve))
  const verdict = `${status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`
  process.stdout.write(`${Buffer.concat(output)}=== ${title}: ${verdict}\n`)
  if (status !== 0) failed.push(title)
}

const packages = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .sort()
    .map((name) => join(folder, name)),
)
const tsc = bin('typescript', 'bin', 'tsc')
await step('types', tsc, ['-b'])
await step('bundle', join(root, 'packages', 'llamactl', 'dist', 'fast-host', 'build', 'bundle.js'), [])
const steps = [
  ['surface', join(root, 'scripts', 'surface.mjs'), ['--check']],
  ['lint and borders', bin('eslint', 'bin', 'eslint.js'), ['.']],
  ['format', bin('prettier', 'bin', 'prettier.cjs'), ['--check', '--log-level', 'warn', '.']],
  ...packages.map((name) => [`types of the tests of ${name}`, tsc, ['-p', join(name, 'test')]]),
  [
    'no import cycles',
    bin('madge', 'bin', 'cli.js'),
    ['--circular', '--no-spinner', ...packages.map((name) => join(name, 'dist'))],
  ],
]
const inTurn = async () => {
  for (let next = steps.shift(); next; next = steps.shift()) await step(...next)
}
await Promise.all([inTurn(), inTurn()])

const total = {passes: 0, failures: 0, pending: 0}
const files = []
const failedTests = []
for (const name of packages) {
  const counts = join(scratch, `${basename(name)}.json`)
  process.stdout.write(`\n=== tests of ${name}\n`)
  await step(
    `tests of ${name}`,
    bin('mocha', 'bin', 'mocha.js'),
    // Most of a journey is waiting for its processes.
    ['--parallel', '--jobs', '2', '--reporter', join(root, 'scripts', 'counting-reporter.cjs')],
    {
      cwd: join(root, name),
      stdio: ['ignore', 1, 2],
      env: {...process.env, LLAMACTL_TEST_COUNTS: counts, LLAMACTL_TEST_COMPILED: join(scratch, 'compiled')},
    },
  )
  const result = existsSync(counts)
    ? JSON.parse(readFileSync(counts, 'utf8'))
    : {passes: 0, failures: 1, pending: 0, seconds: {}, failed: []}
  for (const key of Object.keys(total)) total[key] += result[key]
  failedTests.push(...result.failed.map(({file, ...test}) => ({file: join(name, file), ...test})))
  files.push(...Object.entries(result.seconds).map(([file, seconds]) => ({file: join(name, file), seconds})))
}

files.sort((a, b) => b.seconds - a.seconds)
const slowest = files.slice(0, 10).map(({file, seconds}) => `${seconds.toFixed(0).padStart(6)} s  ${file}\n`)
process.stdout.write(`\nThe slowest files:\n${slowest.join('')}`)

// Again, at the end: what is kept of a long log is often its last lines.
for (const {file, title, reason} of failedTests)
  process.stdout.write(`\n${file}\n${title}\n${reason.replaceAll(/^/gm, '  ').slice(0, 4000)}\n`)

rmSync(scratch, {recursive: true, force: true})
if (isStrict && total.pending > 0) failed.push(`${total.pending} tests were skipped, and none may be`)
if (total.passes === 0) failed.push('no test ran')
if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.join('; ')}\n`)
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : ''
process.stdout.write(`\n${total.passes} passed, ${total.failures} failed${skipped}\n`)
process.exitCode = failed.length > 0 || total.failures > 0 ? 1 : 0
