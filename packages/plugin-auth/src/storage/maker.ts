import {hostname} from 'node:os'

/** The process that made a file, as it writes itself into it. */
export interface Maker {
  pid: number
  /** A process id means something on its own machine only. */
  host: string
  /** Milliseconds since 1970. */
  since: number
}

export const thisMaker = (): Maker => ({pid: process.pid, host: hostname(), since: Date.now()})

/** Whether nobody is at work on it any more. After `patience` milliseconds that is taken for granted: process ids come again. */
export const isMakerGone = ({pid, host, since}: Maker, patience: number): boolean =>
  (host === hostname() && !isAlive(pid)) || Math.abs(Date.now() - since) > patience

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
