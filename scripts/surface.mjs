// The surface that users and scripts rely on, as files: commands and flags, the JSON of each command, the command lists in
// the READMEs, the public API. `--check` fails where a file does not say what the code says; `--write` makes it say so.
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const isCheck = !process.argv.includes('--write')
// oclif's own CLI would ask the registry for a newer version of itself.
const env = {...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: '1'}
let hasFailed = false

function run(title, cwd, script, args) {
  const {status, stdout, stderr} = spawnSync(process.execPath, [script, ...args], {cwd, env, encoding: 'utf8'})
  if (status !== 0) fail(`${title}\n${stdout}${stderr}`)
  return stdout
}

function fail(text) {
  process.stderr.write(`${text}\n`)
  hasFailed = true
}

const verb = isCheck ? 'compare' : 'generate'
for (const name of ['plugin-auth', 'plugin-completion']) {
  const plugin = join(root, 'packages', name)
  for (const topic of ['snapshot', 'schema'])
    run(`${topic} of the commands of ${name}`, plugin, join(plugin, 'bin', 'dev.js'), [`${topic}:${verb}`])
}

const oclif = join(root, 'node_modules', 'oclif', 'bin', 'run.js')
for (const name of ['llamactl', 'plugin-auth', 'plugin-completion']) {
  const folder = join(root, 'packages', name)
  const options = ['readme', '--no-aliases', ...(isCheck ? ['--dry-run'] : [])]
  const made = run(`README of ${name}`, folder, oclif, options)
  const wanted = made.replace(/^replacing .*$/gm, '').trim()
  if (isCheck && wanted !== readFileSync(join(folder, 'README.md'), 'utf8').trim()) {
    fail(`packages/${name}/README.md does not list the commands as they are. Run: npm run surface`)
  }
}

run('public API of plugin-auth', root, join(root, 'scripts', 'api-report.mjs'), isCheck ? ['--check'] : [])

process.exitCode = hasFailed ? 1 : 0
