// What `npm install --global` costs, beside other CLIs: each with an empty cache, from the registry that npm is set to. Our own
// packages are the ones just packed; what they need comes from there as well.
import {lstatSync, mkdirSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {packPackages} from '../packages/llamactl/test/packaging/support/workspace.ts'
import {median} from './support/numbers.mjs'
import {startRedirectingRegistry} from './support/redirecting-registry.mjs'
import {run, say} from './support/run.mjs'
import {withFolder} from './support/sandbox.mjs'
import {publish, table, where} from './support/tables.mjs'

const others = ['@salesforce/cli', 'heroku', 'wrangler']
/** Of ours, what cannot be left out: the npm of `plugins install`, and a keychain. */
const inOurs = ['npm', '@napi-rs/keyring']
/** Ours is at most this part of the smallest of the others, the npm that `plugins install` runs apart. */
const GOAL = 0.1

export const install = ({rounds = 3, isWritten}) =>
  withFolder(async (folder) => {
    // Behind what npm warns of.
    const upstream = (await run(['npm', 'config', 'get', 'registry'], {env: process.env})).trim().split('\n').at(-1)
    const registry = await startRedirectingRegistry(await packPackages(folder), upstream)
    try {
      const costs = []
      for (const name of ['llamactl', ...others, ...inOurs]) {
        say(`${name} …`)
        costs.push(await installed(folder, name, name === 'llamactl' ? registry.url : upstream, rounds))
      }

      publish('install', [...tables(costs), `${rounds} rounds. ${where()}`].join('\n\n'), {isWritten})
    } finally {
      await registry.close()
    }
  })

async function installed(folder, name, registry, rounds) {
  const seconds = []
  let cost
  for (let round = 0; round < rounds; round++) {
    const home = join(folder, 'installed')
    const prefix = join(home, 'global')
    mkdirSync(prefix, {recursive: true})
    const began = performance.now()
    await run(['npm', 'install', '--global', name], {env: networkEnv(home, {registry, prefix}), cwd: home})
    seconds.push((performance.now() - began) / 1000)
    cost = weigh(join(prefix, 'lib', 'node_modules', name))
    rmSync(home, {recursive: true, force: true})
  }

  return {name, seconds: median(seconds), ...cost}
}

/** With what this machine needs to reach the registry, such as certificates. */
const networkEnv = (home, {registry, prefix}) => ({
  ...process.env,
  npm_config_cache: join(home, 'npm-cache'),
  npm_config_prefix: prefix,
  npm_config_registry: registry,
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
})

/** MB on the disk, files, and packages; those of each npm in it apart. */
function weigh(root) {
  const all = {mb: 0, files: 0, packages: 1}
  const npm = {mb: 0, files: 0, packages: 0}
  const add = (sums, key, amount) => {
    for (const sum of sums) sum[key] += amount
  }
  const walk = (folder, sums) => {
    for (const entry of readdirSync(folder, {withFileTypes: true})) {
      const path = join(folder, entry.name)
      const isPackage =
        /[/\\]node_modules([/\\]@[^/\\]+)?$/.test(folder) && !/^[.@]/.test(entry.name) && entry.isDirectory()
      const inner = isPackage && entry.name === 'npm' && !sums.includes(npm) ? [...sums, npm] : sums
      if (isPackage) add(inner, 'packages', 1)
      const {blocks, size} = lstatSync(path)
      add(inner, 'mb', (blocks === undefined ? size : blocks * 512) / 1e6)
      if (entry.isDirectory()) walk(path, inner)
      else add(inner, 'files', 1)
    }
  }
  walk(root, [all])
  return {all, npm}
}

function tables(costs) {
  const [ours, ...besides] = costs
  const theirs = besides.filter(({name}) => others.includes(name))
  const rows = costs.map(({name, seconds, all, npm}) => [
    inOurs.includes(name) ? `${name}, which is in ours` : name,
    seconds.toFixed(1),
    ...['mb', 'packages', 'files'].flatMap((key) => [all[key], all[key] - npm[key]].map((value) => value.toFixed(0))),
  ])
  const head = ['', 's', 'MB', 'without npm', 'packages', 'without npm', 'files', 'without npm']

  const measures = {
    s: (cost) => cost.seconds,
    'MB, without npm': ({all, npm}) => all.mb - npm.mb,
    'packages, without npm': ({all, npm}) => all.packages - npm.packages,
    'files, without npm': ({all, npm}) => all.files - npm.files,
  }
  const shares = Object.entries(measures).map(([name, of]) => {
    const smallest = theirs.reduce((a, b) => (of(b) < of(a) ? b : a))
    const share = of(ours) / of(smallest)
    return [name, smallest.name, share.toFixed(2), `≤ ${GOAL} ${share <= GOAL ? 'reached' : '**missed**'}`]
  })
  return [table(head, rows), table(['llamactl beside the smallest of the others', 'which', 'part', 'goal'], shares)]
}
