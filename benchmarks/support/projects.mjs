// 10,000 projects: listed, and in the question of `auth project` in a terminal.
import {startDevControlPlane} from '../../packages/dev-control-plane/dist/index.js'
import {openTerminal, closeTerminals} from '../../packages/plugin-auth/test/support/terminal.ts'
import {measure} from './measure.mjs'
import {median, thousands} from './numbers.mjs'
import {logInAndCopy, person} from './populate.mjs'
import {say} from './run.mjs'
import {sandboxIn} from './sandbox.mjs'
import {table} from './tables.mjs'
import {join} from 'node:path'

const sizes = [1, 100, 1000, 10_000]

/** As large as they are in the cloud: with UUIDs and names of some words. */
const seedWith = (count) => {
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

export async function measureProjects(folder, cli, {rounds}) {
  const columns = []
  for (const size of sizes) {
    say(`${size} projects …`)
    const plane = await startDevControlPlane({seed: seedWith(size)})
    const sandbox = sandboxIn(folder, `projects-${size}`)
    try {
      await logInAndCopy(cli, sandbox, plane)
      columns.push(await measureSize(cli, sandbox, plane, join(folder, 'memory'), rounds))
    } finally {
      await plane.close()
    }
  }

  const names = Object.keys(columns.at(-1))
  const rows = names.map((name) => [name, ...columns.map((column) => column[name] ?? '-')])
  return table(['', ...sizes.map((size) => `${thousands(size)} ${size === 1 ? 'project' : 'projects'}`)], rows)
}

async function measureSize(cli, {env, home}, plane, memoryIn, rounds) {
  const step = (...args) => [{name: '', argv: [...cli, ...args], env}]
  const before = plane.requests.length
  const {times, memory} = await measure(
    [
      {name: 'projects', steps: step('auth', 'projects')},
      {name: 'json', steps: step('auth', 'projects', '-o', 'json')},
    ],
    {rounds, warmUp: 1, memoryIn},
  )
  const requests = (plane.requests.length - before) / (2 * (rounds + 2))
  const bytes = JSON.stringify({projects: plane.seed.projects}).length
  return {
    'KB of the answer': (bytes / 1024).toFixed(0),
    'requests of `auth projects`': String(requests),
    'ms, `auth projects`': median(times['projects/']).toFixed(0),
    'ms, `auth projects -o json`': median(times['json/']).toFixed(0),
    'peak MB, `auth projects`': memory['projects/'].toFixed(0),
    ...(plane.seed.projects.length > 7 && (await typeIntoFilter(cli, {env, home}, plane.seed.projects.length))),
  }
}

/** Types a number that belongs to one project, key by key, and takes it back. */
async function typeIntoFilter(cli, {env, home}, count) {
  const [command, ...args] = [...cli, 'auth', 'project']
  const took = {typed: [], deleted: []}
  const began = performance.now()
  const terminal = openTerminal(command, args, {env, cwd: home, columns: 100, rows: 30})
  try {
    await terminal.waitFor(`of ${count}`)
    const shown = performance.now() - began
    const text = String(count - 1).padStart(5, '0')
    const shownFilter = (filter) => new RegExp(`\\S ${filter}$`, 'm')
    for (let round = 0; round < 3; round++) {
      for (const [index, key] of [...text].entries()) {
        const began = performance.now()
        terminal.write(key)
        await terminal.waitFor(shownFilter(text.slice(0, index + 1)))
        took.typed.push(performance.now() - began)
      }
      for (let length = text.length - 1; length >= 0; length--) {
        const began = performance.now()
        terminal.press('backspace')
        await terminal.waitFor(length === 0 ? `of ${count}` : shownFilter(text.slice(0, length)))
        took.deleted.push(performance.now() - began)
      }
    }

    terminal.press('ctrl-c')
    await terminal.waitForExit()
    return {
      'ms until `auth project` shows the list': shown.toFixed(0),
      'ms from a key to the filtered list, median': median(took.typed).toFixed(1),
      'the slowest key': Math.max(...took.typed).toFixed(1),
      'the same for Backspace, median': median(took.deleted).toFixed(1),
    }
  } finally {
    await closeTerminals()
  }
}
