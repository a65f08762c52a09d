// What many profiles and environments cost.
import {join} from 'node:path'
import {startDevControlPlane} from '../packages/dev-control-plane/dist/index.js'
import {deviceLogin, INTERVAL} from './support/device-login.mjs'
import {measure} from './support/measure.mjs'
import {median, thousands} from './support/numbers.mjs'
import {withPackedCli} from './support/packed-cli.mjs'
import {keyOf, logInAndCopy, person, profileName, useCompletion} from './support/populate.mjs'
import {run, say} from './support/run.mjs'
import {sandboxIn, withFolder} from './support/sandbox.mjs'
import {createTabs} from './support/tab.mjs'
import {publish, table, where} from './support/tables.mjs'

const sizes = [
  {profiles: 1, environments: 1},
  {profiles: 100, environments: 1},
  {profiles: 1000, environments: 1},
  {profiles: 10_000, environments: 1},
  {profiles: 1, environments: 100},
]
const titles = sizes.map(({profiles, environments}) =>
  environments > 1
    ? `${environments} environments`
    : `${thousands(profiles)} ${profiles === 1 ? 'profile' : 'profiles'}`,
)

export const scale = ({rounds = 10, isWritten}) =>
  withFolder((folder) =>
    withPackedCli(folder, async ({bin}) => {
      const cli = [process.execPath, bin]
      const plane = await startDevControlPlane({interval: INTERVAL})
      try {
        const homes = []
        for (const size of sizes) homes.push(await prepare(folder, cli, plane, size))
        say(`${rounds} rounds …`)
        const tasks = homes.flatMap((home, column) =>
          tasksOf(home).map((steps, task) => ({
            name: `${column}:${task}`,
            steps: steps.map(({line, variables, env, ...step}) => ({
              ...step,
              argv: [...cli, ...line.split(' ')],
              env: {...env, ...variables},
            })),
          })),
        )
        const {times, memory} = await measure(tasks, {rounds, warmUp: 1, memoryIn: join(folder, 'memory')})
        const logins = await measureLogins(cli, plane, homes, rounds)
        const rowsOf = (measured, of) => rowsFrom(tasks, (column, key) => of(measured[key]))
        const milliseconds = [
          ...rowsOf(times, median),
          ['browser login, without the wait for the poll', ...logins],
          ...(await measureTabs(folder, cli, rounds)),
        ]
        const text = [
          table(
            ['ms', ...titles, 'µs a profile: to 1,000', 'to 10,000'],
            milliseconds.map(([name, ...cells]) => [name, ...cells.map(shown), ...perProfile(cells)]),
          ),
          table(
            ['peak MB', ...titles],
            rowsOf(memory, Number).map(([name, ...cells]) => [name, ...cells.map((cell) => cell.toFixed(0))]),
          ),
        ]
        publish('scale', [...text, `${rounds} rounds. ${where()}`].join('\n\n'), {isWritten})
      } finally {
        await plane.close()
      }
    }),
  )

async function prepare(folder, cli, plane, {profiles, environments}) {
  const [plain, completing] = ['plain', 'completing'].map((name) =>
    sandboxIn(folder, `${name}-${profiles}-${environments}`),
  )
  for (const sandbox of [plain, completing]) await logInAndCopy(cli, sandbox, plane, {profiles, environments})
  useCompletion(completing)
  await run([...cli, 'completion', 'refresh'], {env: completing.env})
  return {plain, completing, last: profileName(profiles - 1), key: keyOf(plane)}
}

/** What belongs together comes one after the other, and leaves everything as it was. A step without a name is not shown. */
function tasksOf({plain, completing, last, key}) {
  const step = (name, line, {env} = plain) => ({name, line, env})
  const logIn = (name, sandbox) => ({
    ...step(name, 'auth token --no-interactive --name extra', sandbox),
    variables: {LLAMA_CLOUD_API_KEY: key},
  })
  const withCompletion = (name) => `${name}, with completion`
  return [
    [step('list', 'auth list')],
    [step('env list', 'auth env list')],
    [step('switch', `auth switch ${last}`), step('', `auth switch ${profileName(0)}`)],
    [logIn('token login', plain), step('logout', 'auth logout extra')],
    [step(withCompletion('switch'), `auth switch ${last}`, completing)],
    [logIn(withCompletion('token login'), completing), step(withCompletion('logout'), 'auth logout extra', completing)],
  ]
}

/** A line for each step with a name, a column for each size. */
function rowsFrom(tasks, cell) {
  const rows = new Map()
  for (const {name, steps} of tasks) {
    const [column] = name.split(':')
    for (const step of steps.filter(({name}) => name)) {
      const row = rows.get(step.name) ?? [step.name]
      row[Number(column) + 1] = cell(column, `${name}/${step.name}`)
      rows.set(step.name, row)
    }
  }

  return [...rows.values()]
}

async function measureLogins(cli, plane, homes, rounds) {
  say('Browser logins …')
  const took = homes.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [column, {plain}] of homes.entries()) {
      took[column].push((await deviceLogin(cli, plain, plane)) - INTERVAL * 1000)
      await run([...cli, 'auth', 'logout', person], {env: plain.env})
    }
  }

  return took.map(median)
}

async function measureTabs(folder, cli, rounds) {
  say('TABs …')
  const tabs = createTabs(sandboxIn(folder, 'tabs').home, cli, {rounds})
  const rows = tabs.shells.map((shell) => [`TAB in ${shell}, all profiles`])
  for (const {profiles, environments} of sizes) {
    const costs = environments > 1 ? [] : await tabs.cost('llamactl auth switch ', profiles)
    for (const [index, row] of rows.entries()) row.push(costs[index])
  }

  return rows
}

const shown = (cell) => cell?.toFixed(cell < 100 ? 1 : 0) ?? '-'

/** What each further profile costs; the same in both columns where the cost grows as the number does. */
const perProfile = ([one, , thousand, tenThousand]) => [
  ((thousand - one) / 0.999).toFixed(0),
  ((tenThousand - one) / 9.999).toFixed(0),
]
