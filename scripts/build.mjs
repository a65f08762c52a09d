// Compiles, then makes the bundle that the CLI runs from.
import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const script of ['node_modules/typescript/bin/tsc', 'packages/llamactl/dist/fast-host/build/bundle.js']) {
  const args = script.endsWith('tsc') ? ['-b'] : []
  const {status} = spawnSync(process.execPath, [join(root, script), ...args], {cwd: root, stdio: ['ignore', 2, 2]})
  if (status !== 0) process.exit(status ?? 1)
}
