// Installs what the lock file names and builds, each only when something changed. Needs nothing but Node and npm.
import {spawnSync} from 'node:child_process'
import {existsSync, statSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.setup-done`

function run(title, command, args) {
  process.stderr.write(`${title}\n`)
  const {status} = spawnSync(command, args, {cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32'})
  if (status !== 0) process.exit(status ?? 1)
}

const installed = existsSync(stamp) && statSync(stamp).mtimeMs > statSync(`${root}package-lock.json`).mtimeMs
if (!installed) {
  run('Installing dependencies …', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, '')
}

run('Building …', process.execPath, [`${root}scripts/build.mjs`])
