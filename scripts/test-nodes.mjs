// The journeys through proxies and private authorities under other versions of Node.js: what `fetch` and TLS do is theirs.
// The versions come from npm's `node` package into node_modules/.cache. `npm run test:nodes -- 22 24 26`
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const results = []

for (const version of asked.length > 0 ? asked : ['20', '22', '24']) {
  const status = spawnSync(
    nodeOf(version),
    [
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      ...['--no-config', '--extension', 'ts', '--node-option', 'import=tsx', '--timeout', '60000'],
      join('test', 'journeys', 'networks.test.ts'),
    ],
    {cwd: join(root, 'packages', 'llamactl'), stdio: ['ignore', 1, 2]},
  ).status
  results.push([version, status === 0])
}

for (const [version, isOk] of results) process.stdout.write(`Node ${version}: ${isOk ? 'ok' : 'FAILED'}\n`)
process.exitCode = results.every(([, isOk]) => isOk) ? 0 : 1

function nodeOf(version) {
  const folder = join(root, 'node_modules', '.cache', 'nodes', version)
  const node = join(folder, 'node_modules', 'node', 'bin', 'node')
  if (existsSync(node)) return node
  mkdirSync(folder, {recursive: true})
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n')
  const {status} = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', `node@${version}`], {
    cwd: folder,
    stdio: ['ignore', 1, 2],
  })
  if (status !== 0 || !existsSync(node)) throw new Error(`Node ${version} could not be installed.`)
  return node
}
