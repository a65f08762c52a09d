// How long a command takes from its start to its end, beside `node -e 0` and gh.
import {join} from 'node:path'
import {startDevControlPlane} from '../packages/dev-control-plane/dist/index.js'
import {ghCommands} from './support/gh.mjs'
import {measure} from './support/measure.mjs'
import {nodeOf, versionOf} from './support/nodes.mjs'
import {median, pairedRatio} from './support/numbers.mjs'
import {PLUGIN, withPackedCli} from './support/packed-cli.mjs'
import {logInAndCopy} from './support/populate.mjs'
import {run, say} from './support/run.mjs'
import {sandboxIn, withFolder} from './support/sandbox.mjs'
import {publish, table, where} from './support/tables.mjs'

/** At most so many times `node -e 0`, by the major version of Node. */
const goals = {
  '--version': {20: 1.85, 22: 1.5, 24: 1.5},
  '--help': {20: 2.25, 22: 1.85, 24: 1.85},
  'auth list': {20: 2.05, 22: 1.7, 24: 1.7},
  'auth list, 1,000 profiles': {20: 2.35, 22: 2, 24: 2},
  'an unknown command': {20: 2.2, 22: 1.85, 24: 1.85},
}
/** `auth list` takes no longer than this, on Node 22 and 24. */
const GH_GOAL = 'gh auth status'
const BARE = 'node -e 0'

export const startUp = ({rounds = 30, nodes = [20, 22, 24], isWritten}) =>
  withFolder((folder) =>
    withPackedCli(folder, async (installed) => {
      const plane = await startDevControlPlane()
      const gh = await ghCommands(folder)
      try {
        const ours = await ourCommands(folder, installed, plane)
        const {env} = sandboxIn(folder, 'empty')
        const tables = []
        const tasks = []
        for (const major of nodes) {
          const node = await nodeOf(major)
          const commands = [
            {name: BARE, argv: [node, '-e', '0'], env},
            ...ours.map(({args, ...command}) => ({...command, argv: [node, installed.bin, ...args]})),
            ...gh.commands,
          ]
          tasks.push(
            ...commands.map((command) => ({name: `${major} ${command.name}`, steps: [{...command, name: ''}]})),
          )
          tables.push({major, version: await versionOf(node), names: commands.map(({name}) => name)})
        }

        say(`${rounds} rounds of ${tasks.length} commands …`)
        const {times} = await measure(tasks, {rounds})
        const texts = tables.map(({major, version, names}) =>
          tableOf({major, version, names, timesOf: (name) => times[`${major} ${name}/`]}),
        )
        publish('startup', [...texts, `${rounds} rounds. ${gh.about} ${where()}`].join('\n\n'), {isWritten})
      } finally {
        await gh.close()
        await plane.close()
      }
    }),
  )

async function ourCommands(folder, {bin, registry}, plane) {
  const cli = [process.execPath, bin]
  const [few, many, extended] = ['few', 'many', 'extended'].map((name) => sandboxIn(folder, name))
  for (const [sandbox, profiles] of [
    [few, 3],
    [many, 1000],
    [extended, 3],
  ])
    await logInAndCopy(cli, sandbox, plane, {profiles})
  const npm = {npm_config_registry: registry.url, npm_config_cache: join(folder, 'npm-cache')}
  await run([...cli, 'plugins', 'install', PLUGIN], {env: {...extended.env, ...npm}})
  const list = ['auth', 'list']
  return [
    {name: '--version', args: ['--version'], env: few.env},
    {name: '--help', args: ['--help'], env: few.env},
    {name: 'auth list', args: list, env: few.env},
    {name: 'auth list, 1,000 profiles', args: list, env: many.env},
    {name: 'an unknown command', args: ['auth', 'lsit'], env: few.env, expected: 2},
    {name: 'auth list, beside a user plugin', args: list, env: extended.env},
    {name: 'a command of a user plugin', args: ['greet'], env: extended.env},
    {name: 'auth status, asks the server', args: ['auth', 'status'], env: few.env},
  ]
}

function tableOf({major, version, names, timesOf}) {
  const ghTimes = timesOf(GH_GOAL)
  const rows = names.map((name) => {
    const ratio = pairedRatio(timesOf(name), timesOf(BARE))
    const toGh = ghTimes && pairedRatio(timesOf(name), ghTimes)
    return [
      /^(node|gh) /.test(name) ? `\`${name}\`` : name,
      median(timesOf(name)).toFixed(0),
      ratio.toFixed(2),
      against(ratio, goals[name]?.[major]),
      toGh ? toGh.toFixed(2) : '-',
      name === 'auth list' && major > 20 && toGh ? against(toGh, 1) : '',
    ]
  })
  return `**Node ${version.slice(1)}**\n\n${table(['', 'ms', `× \`${BARE}\``, 'goal', `× \`${GH_GOAL}\``, 'goal'], rows)}`
}

const against = (ratio, goal) =>
  goal === undefined ? '' : `≤ ${goal} ${Number(ratio.toFixed(2)) <= goal ? 'reached' : '**missed**'}`
