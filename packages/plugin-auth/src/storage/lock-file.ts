import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import {hostname} from 'node:os'
import {isAlive} from './maker.js'
import {storageError, systemCode, systemError} from './storage-error.js'

/**
 * Runs `work` while no other process runs work with the same lock file. Meant for a few file operations: a holder that is
 * gone loses the lock at once, one that stands still after `ABANDONED_AFTER`. What is written meanwhile must be whole by
 * itself, because a process that slept through that may wake up and write as well.
 */
export async function withLockFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  const holder = `${process.pid} ${hostname()} ${Math.random().toString(36).slice(2)}`
  await acquire(path, holder)
  try {
    return await work()
  } finally {
    release(path, holder)
  }
}

/** Milliseconds. A section takes some ten of them. */
const ABANDONED_AFTER = 30_000
const PATIENCE = 40_000

async function acquire(path: string, holder: string): Promise<void> {
  const started = performance.now()
  while (!claim(path, holder)) {
    const found = abandoned(path)
    if (found !== undefined) takeAway(path, found)
    else if (performance.now() - started > PATIENCE) {
      throw storageError(
        path,
        'is held by another process',
        'Wait until it has finished; if there is none, remove that file.',
      )
    } else await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20))
  }
}

function claim(path: string, holder: string): boolean {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      writeFileSync(descriptor, holder)
    } catch (error) {
      // On a full disk the name is there without the holder: it would stop everybody.
      removeIfThere(path)
      throw error
    } finally {
      closeSync(descriptor)
    }

    return true
  } catch (error) {
    // Windows says EPERM while a removed file is still open somewhere.
    if (systemCode(error) === 'EEXIST' || (systemCode(error) === 'EPERM' && process.platform === 'win32')) return false
    throw systemError(error, path, 'cannot be made')
  }
}

/** What the file of a holder that is gone says. A process id means something on its own machine only. */
function abandoned(path: string): string | undefined {
  try {
    const stats = lstatSync(path)
    // Reading a FIFO would wait for a writer for ever.
    if (!stats.isFile()) throw storageError(path, 'is not a file', 'Remove it, then try again.')
    const text = readFileSync(path, 'utf8')
    const [pid, host] = text.split(' ')
    const isGone = host === hostname() && !isAlive(Number(pid))
    // Killed between the two calls that make a claim, a holder leaves its file empty.
    const patience = text === '' ? 2000 : ABANDONED_AFTER
    // A clock that was set back leaves a time that is still to come, and no holder takes so long to be in it.
    return isGone || Math.abs(Date.now() - stats.mtimeMs) > patience ? text : undefined
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw systemError(error, path, 'cannot be read')
  }
}

/**
 * A rename succeeds for one process only. Between reading and renaming, another one may have taken the lock away and
 * claimed it anew: then its claim is put back.
 */
function takeAway(path: string, expected: string): void {
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    renameSync(path, aside)
    if (readFileSync(aside, 'utf8') !== expected) linkSync(aside, path)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(systemCode(error) ?? '')) throw systemError(error, path, 'cannot be taken over')
  } finally {
    removeIfThere(aside)
  }
}

function release(path: string, holder: string): void {
  try {
    if (readFileSync(path, 'utf8') === holder) unlinkSync(path)
  } catch {
    // Taken away as abandoned: the work is done, and somebody else holds the lock.
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was not made.
  }
}
