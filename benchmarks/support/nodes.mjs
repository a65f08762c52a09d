// Other versions of Node, from npm: those that `.ci/run` has installed, else into a cache outside the tree.
import {existsSync, mkdirSync, readFileSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {run, say} from './run.mjs'

const pins = new URL('../../packages/llamactl/test/packaging/managers/package.json', import.meta.url)
const system = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** The path of a `node` of that major version. */
export async function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const name = `node-${major}-${system}`
  const inside = (folder) => join(folder, 'node_modules', name, 'bin', 'node')
  const caches = [
    process.env.LLAMACTL_TEST_MANAGERS,
    join(homedir(), '.cache', 'llamactl-test', 'managers'),
    join(homedir(), '.cache', 'llamactl-bench', name),
  ]
  const there = caches
    .filter(Boolean)
    .map(inside)
    .find((path) => existsSync(path))
  if (there) return there

  const {optionalDependencies} = JSON.parse(readFileSync(fileURLToPath(pins), 'utf8'))
  const wanted = optionalDependencies[name] ?? `npm:node-${system}@${major}`
  const cache = caches.at(-1)
  mkdirSync(cache, {recursive: true})
  say(`Installing Node ${major} into ${cache} …`)
  const env = {...process.env, npm_config_update_notifier: 'false'}
  await run(['npm', 'install', '--prefix', cache, '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${wanted}`], {
    env,
  })
  return inside(cache)
}

export const versionOf = async (node) => (await run([node, '--version'])).trim()
