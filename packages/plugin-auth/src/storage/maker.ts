import {readlinkSync} from 'node:fs'
import {hostname} from 'node:os'

/** The process that made a file, as it writes itself into it. */
export interface Maker {
  pid: number
  /** See `machine`. */
  host: string
  /** Milliseconds since 1970. */
  since: number
}

/**
 * Where a process id means something. A container or a sandbox may have the name of its host and the same folders, and
 * counts processes for itself: to it, whoever works outside would look dead.
 */
export function machine(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

export const thisMaker = (): Maker => ({pid: process.pid, host: machine(), since: Date.now()})

/** Whether nobody is at work on it any more. After `patience` milliseconds that is taken for granted: process ids come again. */
export const isMakerGone = ({pid, host, since}: Maker, patience: number): boolean =>
  (host === machine() && !isAlive(pid)) || Math.abs(Date.now() - since) > patience

/** Narrows what was read. Throws an `Error` that continues the sentence its path begins. */
export function parseMaker(value: unknown): Maker {
  const {pid, host, since} = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') throw new Error('has no maker')
  return {pid, host, since}
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
