import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {isAlive, machine} from './maker.js'
import {isHeldOpen, storageError, systemCode, systemError} from './storage-error.js'

/** What the work of a holder knows of its lock. */
export interface Turn {
  /** False when this process stood still for so long that another one took its turn. Asking renews the lock. */
  isHeld(): boolean
}

export interface LockOptions {
  /** Milliseconds that a process waits for its turn. */
  patience?: number
  /** Called again and again while waiting; what it throws ends that. */
  checkpoint?: (() => void) | undefined
  /** Called once when the waiting takes long enough to be worth a word. */
  onWait?: (() => void) | undefined
}

/**
 * Runs `work` while no other process runs work with the same lock file. A holder that is gone loses the lock at once, one
 * that stands still after `ABANDONED_AFTER`; one that works keeps it, however long that takes. What is written meanwhile must
 * be whole by itself, because a process that slept through that may wake up and write as well.
 */
export async function withLockFile<T>(
  path: string,
  work: (turn: Turn) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const holder = `${process.pid} ${machine()} ${Math.random().toString(36).slice(2)}`
  await acquire(path, holder, options)
  const heartbeat = setInterval(() => void isHeld(path, holder), HEARTBEAT).unref()
  try {
    return await work({isHeld: () => isHeld(path, holder)})
  } finally {
    clearInterval(heartbeat)
    release(path, holder)
  }
}

/** Milliseconds. Most sections take some ten of them. */
const ABANDONED_AFTER = 30_000
const HEARTBEAT = 5000
const PATIENCE = 40_000
const WORTH_A_WORD = 2000

async function acquire(
  path: string,
  holder: string,
  {patience = PATIENCE, checkpoint, onWait}: LockOptions,
): Promise<void> {
  const started = performance.now()
  let isSaid = false
  while (!claim(path, holder)) {
    checkpoint?.()
    const waited = performance.now() - started
    if (!isSaid && waited > WORTH_A_WORD) {
      isSaid = true
      onWait?.()
    }

    const found = abandoned(path)
    if (found !== undefined && takeAway(path, found)) continue
    if (waited > patience) {
      throw storageError(
        path,
        'is held by another process',
        'Wait until it has finished; if there is none, remove that file.',
      )
    }

    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20))
  }
}

/** Touched before it is read again: whoever found it old then sees that it is not, and puts it back. */
function isHeld(path: string, holder: string): boolean {
  try {
    if (readFileSync(path, 'utf8') !== holder) return false
    const now = new Date()
    utimesSync(path, now, now)
    return readFileSync(path, 'utf8') === holder
  } catch {
    return false
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
    if (systemCode(error) === 'EEXIST' || isHeldOpen(error)) return false
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
    const isGone = host === machine() && !isAlive(Number(pid))
    // Killed between the two calls that make a claim, or within the second, a holder leaves its file empty or cut short.
    const patience = /^\d+ \S+ \S+$/.test(text) ? ABANDONED_AFTER : 2000
    // A clock that was set back leaves a time that is still to come, and no holder takes so long to be in it.
    return isGone || Math.abs(Date.now() - stats.mtimeMs) > patience ? text : undefined
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || isHeldOpen(error)) return undefined
    throw systemError(error, path, 'cannot be read')
  }
}

/**
 * False while somebody has the file open on Windows. A rename succeeds for one process only. Between reading and renaming, another one may have taken the lock away and
 * claimed it anew, or its holder may have woken up: then the claim is put back.
 */
function takeAway(path: string, expected: string): boolean {
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    renameSync(path, aside)
    if (abandoned(aside) !== expected) linkSync(aside, path)
    return true
  } catch (error) {
    if (isHeldOpen(error)) return false
    if (!['ENOENT', 'EEXIST'].includes(systemCode(error) ?? '')) throw systemError(error, path, 'cannot be taken over')
    return true
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
