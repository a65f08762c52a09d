import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {renamePatiently} from './rename-patiently.js'

/**
 * Puts a file in place as a whole: whoever reads sees the old content or the new one, also after a kill or a power cut at
 * any instant. Throws the system's own error, with nothing left behind.
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  {mode = 0o600, prefix = ''}: {mode?: number; prefix?: string} = {},
): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, temporaryName(prefix))
  let descriptor
  try {
    descriptor = openSync(temporary, NEW_FILE, 0o600)
    // The umask was taken off the mode.
    fchmodSync(descriptor, mode)
    writeFileSync(descriptor, content)
    // Without this, a power cut after the rename may leave the new name on an empty file.
    fsyncSync(descriptor)
    closeSync(descriptor)
    descriptor = undefined
    await renamePatiently(temporary, path)
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor)
    unlinkIfThere(temporary)
    throw error
  }

  syncFolder(folder)
}

/** So that a rename or a removal outlives a power cut. */
export function syncFolder(folder: string): void {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return
  let descriptor
  try {
    descriptor = openSync(folder, constants.O_RDONLY)
    fsyncSync(descriptor)
  } catch {
    // Some network file systems refuse to sync a folder. The change is made: to call it failed would be untrue.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/**
 * A writer that was killed leaves its temporary file, which may hold a secret. Younger ones may still be in use. In a folder
 * that is not ours alone, `prefix` tells which ones are.
 */
export function sweepTemporaryFiles(folder: string, now = Date.now(), prefix = ''): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`.${prefix}`) || !TEMPORARY_NAME.test(name.slice(prefix.length + 1))) continue
    const path = join(folder, name)
    try {
      const stats = lstatSync(path)
      if (stats.isFile() && now - stats.mtimeMs > 60_000) unlinkSync(path)
    } catch {
      // Another process swept it first, or it is not ours to remove: neither concerns what is being saved.
    }
  }
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** Unique, not secret: `O_EXCL` refuses what is already there, and only this user can write in the folder. */
const temporaryName = (prefix: string) =>
  `.${prefix}${process.pid}.${process.hrtime.bigint().toString(36)}${Math.random().toString(36).slice(2)}.tmp`

/** Behind the dot and the prefix. */
const TEMPORARY_NAME = /^\d+\.[\da-z]+\.tmp$/

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was never made, or the disk is now read-only: the error that led here is the one to report.
  }
}
