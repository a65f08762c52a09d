/**
 * Preloaded into the CLI (`node --import`). A point is where what is outside of the process is about to change, or just
 * has: each call of node:fs that changes something below POINTS_FOLDER (the storage calls it synchronously, so these are
 * the system calls, one by one), the middle of each write, each request before it is sent and as soon as it is answered,
 * each helper process before it starts and as soon as it has ended.
 *
 * POINTS_LOG: a file for the names of the points. POINTS_KILL_AT: the number of the one at which SIGKILL strikes.
 * POINTS_DELAY: a seed for pauses at the points, by which other processes get in between.
 */
import childProcess from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import fs from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'

const original = {...fs}
const descriptors = new Map()
let settings
let count = 0
let random = 1

export function beginCounting(env) {
  settings = {
    folder: env.POINTS_FOLDER,
    log: env.POINTS_LOG,
    killAt: Number(env.POINTS_KILL_AT ?? 0),
    isDelayed: env.POINTS_DELAY !== undefined,
  }
  count = 0
  random = Number(env.POINTS_DELAY ?? 1)
}

beginCounting(process.env)

function isReached(name) {
  count++
  if (settings.log) original.appendFileSync(settings.log, `${name}\n`)
  return count === settings.killAt
}

function point(name) {
  if (isReached(name)) process.kill(process.pid, 'SIGKILL')
  if (settings.isDelayed) pause()
}

/** Mostly nothing, sometimes up to 8 ms: a few operations of another process. */
function pause() {
  random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
  const share = random / 2 ** 32
  if (share > 0.6) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, (share - 0.6) * 20)
}

const within = (path) =>
  typeof path === 'string' && settings.folder && path.startsWith(settings.folder)
    ? path.slice(settings.folder.length + 1) || '.'
    : undefined

for (const name of ['mkdirSync', 'rmdirSync', 'unlinkSync', 'chmodSync', 'linkSync', 'renameSync', 'rmSync']) {
  fs[name] = (path, ...rest) => {
    const target = within(path)
    if (target !== undefined) point(`${name} ${target}`)
    return original[name](path, ...rest)
  }
}

const CHANGES = fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC

fs.openSync = (path, flags = 'r', ...rest) => {
  const target = within(path)
  const isChange = typeof flags === 'number' ? (flags & CHANGES) !== 0 : flags !== 'r'
  if (target !== undefined && isChange) point(`openSync ${target}`)
  const descriptor = original.openSync(path, flags, ...rest)
  if (target !== undefined) descriptors.set(descriptor, target)
  return descriptor
}

fs.closeSync = (descriptor) => {
  descriptors.delete(descriptor)
  return original.closeSync(descriptor)
}

for (const name of ['fsyncSync', 'fchmodSync', 'ftruncateSync']) {
  fs[name] = (descriptor, ...rest) => {
    if (descriptors.has(descriptor)) point(`${name} ${descriptors.get(descriptor)}`)
    return original[name](descriptor, ...rest)
  }
}

fs.writeFileSync = (file, data, ...rest) => {
  const target = typeof file === 'number' ? descriptors.get(file) : within(file)
  if (target !== undefined) {
    point(`writeFileSync ${target}`)
    if (isReached(`half of writeFileSync ${target}`)) {
      original.writeFileSync(file, data.slice(0, data.length / 2), ...rest)
      process.kill(process.pid, 'SIGKILL')
    }
  }

  return original.writeFileSync(file, data, ...rest)
}

const {spawn} = childProcess
childProcess.spawn = (...args) => {
  point(`start of ${args[0] === process.execPath ? 'the helper' : args[0]}`)
  const child = spawn(...args)
  child.once('exit', () => point('end of it'))
  return child
}

syncBuiltinESMExports()

diagnostics.subscribe('http.client.request.start', ({request}) => point(`request ${request.method} ${request.path}`))
diagnostics.subscribe('http.client.response.finish', ({request}) =>
  point(`answer to ${request.method} ${request.path}`),
)
