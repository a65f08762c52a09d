import type {AuthError} from '../../errors.js'
import {storageError} from '../../storage/storage-error.js'

/** What SQLite says, in words, by its result code (https://sqlite.org/rescode.html). */
export function sqliteError(path: string, resultCode: number): AuthError {
  const primary = resultCode & 0xff
  if (primary === 5 || primary === 6) return databaseInUse(path)
  if (primary === 13) return storageError(path, 'cannot be saved: the disk is full', 'Free some space, then try again.')
  if (primary === 8) {
    return storageError(
      path,
      'cannot be changed, or holds a change that was cut short',
      'Run a command of the Python llamactl once, or check the mode of that file; then try again.',
    )
  }

  if (primary === 14) return storageError(path, 'cannot be opened', 'Check who owns that path, and its mode.')
  return storageError(
    path,
    `is not a database that SQLite can read (result code ${resultCode})`,
    'Check that it is the profiles.db of the Python llamactl, or name another file with --database.',
  )
}

export const databaseInUse = (path: string): AuthError =>
  storageError(
    path,
    'is in use by another program, and was not changed',
    'Let that program finish, or run the Python llamactl once if it was cut short; then try again.',
  )
