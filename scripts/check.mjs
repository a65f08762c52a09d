// Everything that has to hold: types, lint and borders, the surface, and the tests of each package. Ends with one line of
// counts. LLAMACTL_TEST_STRICT=1 is the mode in which nothing may be skipped.
import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const isStrict = process.env.LLAMACTL_TEST_STRICT === '1'
const scratch = mkdtempSync(join(tmpdir(), 'llamactl-check-'))
const bin = (name, ...path) => join(root, 'node_modules', name, ...path)
const failed = []

function step(title, script, args, options = {}) {
  const started = Date.now()
  process.stdout.write(`\n=== ${title}\n`)
  const {status} = spawnSync(process.execPath, [script, ...args], {cwd: root, stdio: ['ignore', 1, 2], ...options})
  process.stdout.write(
    `=== ${title}: ${status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
  )
  if (status !== 0) failed.push(title)
}

const packages = readdirSync(join(root, 'packages')).sort()
const tsc = bin('typescript', 'bin', 'tsc')
step('types', tsc, ['-b'])
for (const name of packages) step(`types of the tests of ${name}`, tsc, ['-p', join('packages', name, 'test')])
step('lint and borders', bin('eslint', 'bin', 'eslint.js'), ['.'])
step('format', bin('prettier', 'bin', 'prettier.cjs'), ['--check', '--log-level', 'warn', '.'])
step('no import cycles', bin('madge', 'bin', 'cli.js'), [
  '--circular',
  '--no-spinner',
  ...packages.map((name) => join('packages', name, 'dist')),
])
if (existsSync(join(root, 'scripts', 'surface.mjs'))) step('surface', join(root, 'scripts', 'surface.mjs'), ['--check'])

const total = {passes: 0, failures: 0, pending: 0}
for (const name of packages) {
  const counts = join(scratch, `${name}.json`)
  step(
    `tests of ${name}`,
    bin('mocha', 'bin', 'mocha.js'),
    // Most of a journey is waiting for its processes.
    ['--parallel', '--jobs', '2', '--reporter', join(root, 'scripts', 'counting-reporter.cjs')],
    {
      cwd: join(root, 'packages', name),
      env: {...process.env, LLAMACTL_TEST_COUNTS: counts},
    },
  )
  const result = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : {passes: 0, failures: 1, pending: 0}
  for (const key of Object.keys(total)) total[key] += result[key]
}

rmSync(scratch, {recursive: true, force: true})
if (isStrict && total.pending > 0) failed.push(`${total.pending} tests were skipped, and none may be`)
if (total.passes === 0) failed.push('no test ran')
if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.join('; ')}\n`)
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : ''
process.stdout.write(`\n${total.passes} passed, ${total.failures} failed${skipped}\n`)
process.exitCode = failed.length > 0 || total.failures > 0 ? 1 : 0
