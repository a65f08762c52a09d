import {randomUUID} from 'node:crypto'
import {closeSync, constants, fchmodSync, openSync, renameSync, rmSync, writeFileSync} from 'node:fs'

/** Whoever reads sees the old content or the new one. `prepare` is done to the file before it gets its name. */
export function writeAtomically(
  path: string,
  text: string | Uint8Array,
  prepare: (temporary: string) => void = () => undefined,
): void {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const descriptor = openSync(temporary, NEW_FILE, 0o600)
    try {
      // The umask was taken off the mode.
      fchmodSync(descriptor, 0o600)
      writeFileSync(descriptor, text)
    } finally {
      closeSync(descriptor)
    }

    prepare(temporary)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, {force: true})
    // Of a full disk the error does not say where.
    throw Object.assign(error as Error, {path})
  }
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
