import {existsSync, readFileSync, statSync} from 'node:fs'
import {createOwnership} from './ownership.js'
import {readOwnFile} from './read-own-file.js'
import {systemError} from './storage-error.js'
import {writeAtomically} from './write-atomically.js'

/**
 * The bytes of a file that another program of the same user wrote, `undefined` where there is none. It is checked as
 * our own files are, and stays as it is: its mode is that program's business.
 */
export const readForeignFile = (path: string, limit: number): Buffer | undefined =>
  readOwnFile(path, {...createOwnership(() => undefined), tighten: () => undefined}, limit)

/** Replaces such a file as a whole, for this user alone. */
export async function replaceForeignFile(path: string, content: Uint8Array): Promise<void> {
  try {
    await writeAtomically(path, content)
  } catch (error) {
    throw systemError(error, path, 'cannot be saved')
  }
}

/**
 * Whether some process holds a lock that begins in this range of the file, as far as the system tells: Linux lists all
 * locks of the machine. The device is not compared, because overlays give the file another one than its locks.
 */
export function isLockedBetween(path: string, first: number, last: number): boolean {
  if (!existsSync(LOCKS)) return false
  try {
    const pattern = new RegExp(`:${statSync(path).ino} (\\d+) `, 'g')
    const starts = [...readFileSync(LOCKS, 'utf8').matchAll(pattern)].map(([, start]) => Number(start))
    return starts.some((start) => start >= first && start <= last)
  } catch {
    return false
  }
}

const LOCKS = '/proc/locks'
