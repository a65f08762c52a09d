// What `npm install --global` costs, beside other CLIs: each with an empty cache, from the registry that npm is set to. Our own
// packages are the ones just packed; what they need comes from there as well.
import {lstatSync, mkdirSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {packPackages} from '../packages/llamactl/test/packaging/support/workspace.ts'
import {median} from './support/numbers.mjs'
import {EMPTY, packEmpty} from './support/packed-cli.mjs'
import {startRedirectingRegistry} from './support/redirecting-registry.mjs'
import {run, say} from './support/run.mjs'
import {withFolder} from './support/sandbox.mjs'
import {publish, table, where} from './support/tables.mjs'

const others = ['@salesforce/cli', 'heroku', 'wrangler']
/** Ours is at most this part of the smallest of the others. */
const GOAL = 0.1

export const install = ({rounds = 3, isWritten}) =>
  withFolder(async (folder) => {
    // Behind what npm warns of.
    const upstream = (await run(['npm', 'config', 'get', 'registry'], {env: process.env})).trim().split('\n').at(-1)
    const ours = await startRedirectingRegistry([...(await packPackages(folder)), await packEmpty(folder)], upstream)
    try {
      const measured = [
        {title: 'llamactl', name: 'llamactl', registry: ours.url},
        ...others.map((name) => ({title: name, name, registry: upstream})),
        {title: '@napi-rs/keyring, which is in ours', name: '@napi-rs/keyring', registry: upstream},
        {title: 'a package with nothing in it', name: EMPTY, registry: ours.url},
        {title: 'npm, which `plugins install` runs, and which is there already', name: 'npm', registry: upstream},
      ]
      const costs = []
      for (const {title, ...task} of measured) {
        say(`${title} …`)
        costs.push({title, ...(await installed(folder, task, rounds))})
      }

      publish('install', [...tables(costs), `${rounds} rounds. ${where()}`].join('\n\n'), {isWritten})
    } finally {
      await ours.close()
    }
  })

async function installed(folder, {name, registry}, rounds) {
  const seconds = []
  let cost
  for (let round = 0; round < rounds; round++) {
    const home = join(folder, 'installed')
    const prefix = join(home, 'global')
    mkdirSync(prefix, {recursive: true})
    const began = performance.now()
    const said = await run(['npm', 'install', '--global', name], {env: networkEnv(home, {registry, prefix}), cwd: home})
    seconds.push((performance.now() - began) / 1000)
    const fetched = Number(/^added (\d+) packages?/m.exec(said)?.[1])
    cost = {fetched, ...weigh(join(prefix, 'lib', 'node_modules', name))}
    rmSync(home, {recursive: true, force: true})
  }

  return {seconds: median(seconds), ...cost}
}

/** With what this machine needs to reach the registry, such as certificates. */
const networkEnv = (home, {registry, prefix}) => ({
  ...process.env,
  npm_config_cache: join(home, 'npm-cache'),
  npm_config_prefix: prefix,
  npm_config_registry: registry,
  // It then says how many packages it fetched, also under `npm run --silent`.
  npm_config_loglevel: 'notice',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
})

/** MB on the disk, files and packages, those that are in others among them. */
function weigh(root) {
  const cost = {mb: 0, files: 0, packages: 1}
  const walk = (folder) => {
    for (const entry of readdirSync(folder, {withFileTypes: true})) {
      const path = join(folder, entry.name)
      const isPackage =
        /[/\\]node_modules([/\\]@[^/\\]+)?$/.test(folder) && !/^[.@]/.test(entry.name) && entry.isDirectory()
      if (isPackage) cost.packages++
      const {blocks, size} = lstatSync(path)
      cost.mb += (blocks === undefined ? size : blocks * 512) / 1e6
      if (entry.isDirectory()) walk(path)
      else cost.files++
    }
  }
  walk(root)
  return cost
}

function tables(costs) {
  const [ours] = costs
  const theirs = costs.filter(({title}) => others.includes(title))
  const rows = costs.map(({title, seconds, mb, fetched, packages, files}) => [
    title,
    seconds.toFixed(1),
    ...[mb, fetched, packages, files].map((value) => value.toFixed(0)),
  ])
  const measures = {
    s: 'seconds',
    MB: 'mb',
    'packages that are fetched': 'fetched',
    'packages on the disk': 'packages',
    files: 'files',
  }
  const shares = Object.entries(measures).map(([name, key]) => {
    const smallest = theirs.reduce((a, b) => (b[key] < a[key] ? b : a))
    const share = ours[key] / smallest[key]
    return [name, smallest.title, share.toFixed(2), `≤ ${GOAL} ${share <= GOAL ? 'reached' : '**missed**'}`]
  })
  return [
    table(['', 's', 'MB', 'packages: fetched', 'on the disk', 'files'], rows),
    table(['llamactl, beside the smallest of the others', 'which', 'part', 'goal'], shares),
  ]
}
