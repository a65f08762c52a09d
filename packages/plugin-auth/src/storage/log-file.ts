import {closeSync, constants, fchmodSync, lstatSync, openSync, readSync, type Stats, writeFileSync} from 'node:fs'
import type {Surroundings} from './json-file.js'
import {NO_FOLLOW, openError, readOwnFile, requireOwnFile, requireRegular} from './read-own-file.js'
import {renamePatiently} from './rename-patiently.js'

/** Lines that are only ever added. Two files: when the newer one is full it becomes the older one, and that is dropped. */
export interface LogFile {
  readonly path: string
  /** In one write, so that processes that add at the same time do not mix their lines. */
  append(line: string): Promise<void>
  /** The oldest first. A line of which only a part was written is among them. */
  lines(): Promise<string[]>
}

/** `moving` runs work while no other process moves the same log on. */
export function createLogFile(
  {now, older}: {now: string; older: string},
  {ownership, isThere, make, moving}: Surroundings & {moving<T>(work: () => Promise<T>): Promise<T>},
  limit = LIMIT,
): LogFile {
  function open(): {descriptor: number; stats: Stats} {
    if (!NO_FOLLOW) requireRegularIfThere(now)
    const descriptor = openSync(now, ADDING, 0o600)
    try {
      const stats = requireOwnFile(now, descriptor, ownership)
      // The umask was taken off the mode.
      if (process.platform !== 'win32' && (stats.mode & 0o600) !== 0o600) fchmodSync(descriptor, 0o600)
      return {descriptor, stats}
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  /** False when the file is full. */
  function add(line: string): boolean {
    const {descriptor, stats} = open()
    try {
      if (stats.size > 0 && stats.size + line.length > limit) return false
      // A disk that was full, or a kill, may have left a part of a line.
      writeFileSync(descriptor, `${endsWithinLine(descriptor, stats) ? '\n' : ''}${line}\n`)
      return true
    } finally {
      closeSync(descriptor)
    }
  }

  /** Not when another process has done so just now: what it moved would be dropped. */
  const moveOn = (length: number): Promise<void> =>
    moving(async () => {
      if (sizeIfThere(now) + length > limit) await renamePatiently(now, older)
    })

  const linesOf = (path: string): string[] =>
    (readOwnFile(path, ownership, 2 * limit)?.toString('utf8') ?? '').split('\n').filter(Boolean)

  return {
    path: now,

    async append(line) {
      try {
        make()
        while (!add(line)) await moveOn(line.length)
      } catch (error) {
        throw openError(error, now, 'cannot be written')
      }
    },

    async lines() {
      return isThere() ? [...linesOf(older), ...linesOf(now)] : []
    },
  }
}

const LIMIT = 256 * 1024

/** Readable, to look at its last byte. */
const ADDING = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NO_FOLLOW | (constants.O_NONBLOCK ?? 0)

function endsWithinLine(descriptor: number, {size}: Stats): boolean {
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  return last.toString() !== '\n'
}

function sizeIfThere(path: string): number {
  return lstatSync(path, {throwIfNoEntry: false})?.size ?? 0
}

function requireRegularIfThere(path: string): void {
  const stats = lstatSync(path, {throwIfNoEntry: false})
  if (stats) requireRegular(path, stats)
}
