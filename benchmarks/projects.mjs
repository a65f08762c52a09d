// What many projects cost: listed, and in the question of `auth project` in a terminal.
import {join} from 'node:path'
import {startDevControlPlane} from '../packages/dev-control-plane/dist/index.js'
import {closeTerminals, openTerminal} from '../packages/plugin-auth/test/support/terminal.ts'
import {measure} from './support/measure.mjs'
import {median, thousands} from './support/numbers.mjs'
import {withPackedCli} from './support/packed-cli.mjs'
import {logInAndCopy, person} from './support/populate.mjs'
import {say} from './support/run.mjs'
import {sandboxIn, withFolder} from './support/sandbox.mjs'
import {publish, table, where} from './support/tables.mjs'

const sizes = [20, 100, 1000, 10_000]

export const projects = ({rounds = 10, isWritten}) =>
  withFolder((folder) =>
    withPackedCli(folder, async ({bin}) => {
      const cli = [process.execPath, bin]
      const servers = []
      try {
        for (const size of sizes) {
          const plane = await startDevControlPlane({seed: seedWith(size)})
          const sandbox = sandboxIn(folder, `projects-${size}`)
          servers.push({size, plane, sandbox})
          await logInAndCopy(cli, sandbox, plane)
        }

        say(`${rounds} rounds …`)
        const columns = await measureEach(cli, servers, {rounds, memoryIn: join(folder, 'memory')})
        const rows = Object.keys(columns[0]).map((name) => [name, ...columns.map((column) => column[name])])
        const text = table(['', ...sizes.map((size) => `${thousands(size)} projects`)], rows)
        publish('projects', `${text}\n\n${rounds} rounds. ${where()}`, {isWritten})
      } finally {
        for (const {plane} of servers) await plane.close()
      }
    }),
  )

/** As large as they are in the cloud: with UUIDs and names of some words. */
function seedWith(count) {
  const id = (number) => `5f0c2b1e-7d34-4c1a-9a55-${String(number).padStart(12, '0')}`
  return {
    organizations: [{org_id: id(0), org_name: 'Bench'}],
    projects: Array.from({length: count}, (_, index) => ({
      project_id: id(index + 1),
      project_name: `Project ${String(index).padStart(5, '0')} of somebody`,
      deployment_count: index % 3,
      org_id: id(0),
    })),
    users: [{id: 'user', email: person, password: 'bench', name: 'Bench'}],
    api_keys: [{user: person, secret: 'llx-bench-0000-only-for-this-machine', name: 'bench', project_id: null}],
  }
}

async function measureEach(cli, servers, options) {
  const before = servers.map(({plane}) => plane.requests.length)
  const task = (name, {env}, line) => ({name, steps: [{name: '', argv: [...cli, ...line.split(' ')], env}]})
  const {times, memory} = await measure(
    servers.flatMap(({size, sandbox}) => [
      task(`${size} table`, sandbox, 'auth projects'),
      task(`${size} json`, sandbox, 'auth projects -o json'),
    ]),
    {...options, warmUp: 1},
  )
  const requests = servers.map(({plane}, index) => (plane.requests.length - before[index]) / 2 / (options.rounds + 2))
  const columns = []
  for (const [index, {size, plane, sandbox}] of servers.entries()) {
    columns.push({
      'KB of the answer': (JSON.stringify({projects: plane.seed.projects}).length / 1024).toFixed(0),
      'requests of `auth projects`': String(requests[index]),
      'ms, `auth projects`': median(times[`${size} table/`]).toFixed(0),
      'ms, `auth projects -o json`': median(times[`${size} json/`]).toFixed(0),
      'peak MB, `auth projects`': memory[`${size} table/`].toFixed(0),
      ...(await typeIntoFilter(cli, sandbox, size)),
    })
  }

  return columns
}

/** Types a number that one project has, key by key, and takes it back. */
async function typeIntoFilter([command, ...args], {env, home}, count) {
  const [typed, deleted] = [[], []]
  const began = performance.now()
  const terminal = openTerminal(command, [...args, 'auth', 'project'], {env, cwd: home, columns: 100, rows: 30})
  const after = async (type, shown, took) => {
    const began = performance.now()
    type()
    await terminal.waitFor(shown)
    took.push(performance.now() - began)
  }
  try {
    await terminal.waitFor(`of ${count}`)
    const shown = performance.now() - began
    const text = String(count - 1).padStart(5, '0')
    const filtered = (length) => (length === 0 ? `of ${count}` : new RegExp(`\\S ${text.slice(0, length)}$`, 'm'))
    for (let round = 0; round < 3; round++) {
      for (let length = 1; length <= text.length; length++) {
        await after(() => terminal.write(text[length - 1]), filtered(length), typed)
      }
      for (let length = text.length - 1; length >= 0; length--) {
        await after(() => terminal.press('backspace'), filtered(length), deleted)
      }
    }

    terminal.press('ctrl-c')
    await terminal.waitForExit()
    return {
      'ms until `auth project` shows the list': shown.toFixed(0),
      'ms from a key to the filtered list, median': median(typed).toFixed(1),
      'the slowest key': Math.max(...typed).toFixed(1),
      'ms from a Backspace to the longer list, median': median(deleted).toFixed(1),
    }
  } finally {
    await closeTerminals()
  }
}
