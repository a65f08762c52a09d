// Starts programs many times and says how long each took. It is started as a process of its own, which stays small: starting a
// process takes the longer the more memory the one that starts it has, and whoever prepared everything has much.
import {spawn, spawnSync} from 'node:child_process'
import {readFileSync, rmSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const file = fileURLToPath(import.meta.url)
const reporter = fileURLToPath(new URL('report-memory.mjs', import.meta.url))

/**
 * Each task is `{name, steps: [{name, argv, env, cwd, expected}]}`: in each round every task is done once, in random order, its
 * steps one after the other. Resolves with the milliseconds of each step by `task/step`, of round i at index i, and with `memory`,
 * the most MB that a step took, where `memoryIn` names a file for that.
 */
export function measure(tasks, {rounds, warmUp = 3, memoryIn} = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, 'measure'], {stdio: ['pipe', 'pipe', 'inherit'], env: {}})
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`Measuring ended with ${code}.`)),
    )
    child.stdin.end(JSON.stringify({tasks, rounds, warmUp, memoryIn}))
  })
}

function once({argv: [command, ...args], env, cwd, expected = 0}) {
  const began = performance.now()
  const {status, error} = spawnSync(command, args, {env, cwd, stdio: 'ignore'})
  const took = performance.now() - began
  if (status === expected) return took
  const {stdout, stderr} = spawnSync(command, args, {env, cwd, encoding: 'utf8'})
  throw new Error(`${[command, ...args].join(' ')} ended with ${status}: ${error ?? stdout + stderr}`)
}

/** Of a command line that begins with Node. */
function memoryOf({argv: [node, ...args], env, ...rest}, path) {
  rmSync(path, {force: true})
  once({argv: [node, '--import', reporter, ...args], env: {...env, BENCH_MEMORY_FILE: path}, ...rest})
  return Number(readFileSync(path, 'utf8'))
}

function shuffled(list) {
  const left = [...list]
  for (let i = left.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[left[i], left[j]] = [left[j], left[i]]
  }
  return left
}

if (process.argv[1] === file && process.argv[2] === 'measure') {
  const {tasks, rounds, warmUp, memoryIn} = JSON.parse(readFileSync(0, 'utf8'))
  const times = {}
  const memory = {}
  const each = (work) => {
    for (const {name, steps} of shuffled(tasks)) for (const step of steps) work(`${name}/${step.name}`, step)
  }
  for (let round = -warmUp; round < rounds; round++) {
    each((key, step) => {
      const took = once(step)
      if (round >= 0) (times[key] ??= []).push(took)
    })
  }

  if (memoryIn) each((key, step) => (memory[key] = memoryOf(step, memoryIn)))
  process.stdout.write(JSON.stringify({times, memory}))
}
