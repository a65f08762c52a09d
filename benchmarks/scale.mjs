// What many profiles, environments and projects cost.
import {startDevControlPlane} from '../packages/dev-control-plane/dist/index.js'
import {deviceLogin, INTERVAL} from './support/device-login.mjs'
import {measure} from './support/measure.mjs'
import {median, thousands} from './support/numbers.mjs'
import {withPackedCli} from './support/packed-cli.mjs'
import {keyOf, logInAndCopy, person, profileName, useCompletion} from './support/populate.mjs'
import {measureProjects} from './support/projects.mjs'
import {run, say} from './support/run.mjs'
import {sandboxIn, withFolder} from './support/sandbox.mjs'
import {createTabs} from './support/tab.mjs'
import {publish, table, where} from './support/tables.mjs'
import {join} from 'node:path'

const sizes = [
  {profiles: 1, environments: 1},
  {profiles: 100, environments: 1},
  {profiles: 1000, environments: 1},
  {profiles: 10_000, environments: 1},
  {profiles: 1, environments: 100},
]
const DEVICE_LOGIN = 'browser login, without the wait for the poll'

export const scale = ({rounds = 8, isWritten}) =>
  withFolder((folder) =>
    withPackedCli(folder, async ({bin}) => {
      const cli = [process.execPath, bin]
      const plane = await startDevControlPlane({interval: INTERVAL})
      try {
        const columns = []
        for (const size of sizes) columns.push(await measureSize(folder, cli, plane, size, rounds))
        const tabs = await measureTabs(folder, cli, rounds)
        publish('scale', [tables(columns, tabs), `${rounds} rounds. ${where()}`].join('\n\n'), {isWritten})
      } finally {
        await plane.close()
      }

      publish('projects', `${await measureProjects(folder, cli, {rounds})}\n\n${where()}`, {isWritten})
    }),
  )

/** Milliseconds and MB of each command where there are so many. */
async function measureSize(folder, cli, plane, {profiles, environments}, rounds) {
  const title = `${profiles}-${environments}`
  say(`${profiles} profiles, ${environments} environments …`)
  const plain = sandboxIn(folder, `plain-${title}`)
  const completing = sandboxIn(folder, `completing-${title}`)
  for (const sandbox of [plain, completing]) await logInAndCopy(cli, sandbox, plane, {profiles, environments})
  useCompletion(completing)
  await run([...cli, 'completion', 'refresh'], {env: completing.env})

  const key = {LLAMA_CLOUD_API_KEY: keyOf(plane)}
  const step = (name, line, {env} = plain, more = {}) => ({name, argv: [...cli, ...line.split(' ')], env: {...env, ...more}})
  const tokenLogin = 'auth token --no-interactive --name extra'
  const last = profileName(profiles - 1)
  const {times, memory} = await measure(
    [
      {name: 'a', steps: [step('list', 'auth list')]},
      {name: 'b', steps: [step('env list', 'auth env list')]},
      {name: 'c', steps: [step('switch', `auth switch ${last}`), step('', `auth switch ${profileName(0)}`)]},
      {name: 'd', steps: [step('token login', tokenLogin, plain, key), step('logout', 'auth logout extra')]},
      {name: 'e', steps: [step('switch, completion installed', `auth switch ${last}`, completing)]},
      {
        name: 'f',
        steps: [
          step('token login, completion installed', tokenLogin, completing, key),
          step('logout, completion installed', 'auth logout extra', completing),
        ],
      },
    ],
    {rounds, warmUp: 1, memoryIn: join(folder, 'memory')},
  )
  const result = {title: columnTitle(profiles, environments), ms: {}, mb: {}}
  for (const [key, values] of Object.entries(times)) {
    const name = key.slice(2)
    if (!name) continue
    result.ms[name] = median(values)
    result.mb[name] = memory[key]
  }

  const logins = []
  for (let round = 0; round < rounds; round++) {
    logins.push((await deviceLogin(cli, plain, plane)) - INTERVAL * 1000)
    await run([...cli, 'auth', 'logout', person], {env: plain.env})
  }
  result.ms[DEVICE_LOGIN] = median(logins)
  return result
}

async function measureTabs(folder, cli, rounds) {
  say('TABs …')
  const {home} = sandboxIn(folder, 'tabs')
  const tabs = createTabs(home, cli, {rounds})
  const rows = tabs.shells.map((shell) => [`TAB in ${shell}, all profiles`])
  for (const {profiles, environments} of sizes) {
    const costs = environments > 1 ? [] : await tabs.cost('llamactl auth switch ', profiles)
    for (const [index, row] of rows.entries()) row.push(costs[index])
  }

  return rows
}

const columnTitle = (profiles, environments) =>
  environments > 1 ? `${environments} environments` : `${thousands(profiles)} ${profiles === 1 ? 'profile' : 'profiles'}`

function tables(columns, tabs) {
  const head = columns.map(({title}) => title)
  const names = Object.keys(columns[0].ms)
  const row = ([name, ...values]) => [name, ...values.map((value) => value?.toFixed(value < 100 ? 1 : 0) ?? '-')]
  const growth = ([, one, , thousand, tenThousand]) =>
    [thousand - one, tenThousand - one].map((more, i) => (more / [1, 10][i]).toFixed(0)).join(' → ')
  const times = [...names.map((name) => [name, ...columns.map(({ms}) => ms[name])]), ...tabs]
  const peaks = names
    .filter((name) => columns[0].mb[name])
    .map((name) => [name, ...columns.map(({mb}) => Math.round(mb[name]))])
  return [
    table(['ms', ...head, 'µs a profile, of the first 1,000 → of 10,000'], times.map((cells) => [...row(cells), growth(cells)])),
    table(['peak MB', ...head], peaks.map(([name, ...cells]) => [name, ...cells.map(String)])),
  ].join('\n\n')
}
