import {lstatSync, readlinkSync} from 'node:fs'
import {dirname} from 'node:path'
import {AuthError, isAuthError} from '../errors.js'
import {readForeignFile} from './foreign-file.js'
import {makeFolder} from './own-folder.js'
import {storageError, systemError} from './storage-error.js'
import {sweepTemporaryFiles, writeAtomically} from './write-atomically.js'

/** A text file among somebody's sources, such as `.env`. */
export interface ProjectFile {
  /** One character a byte where it is not UTF-8, so that what is written back is what was read. */
  text: string
  encoding: 'utf8' | 'latin1'
  /** Whether other users may read it. */
  isOpen: boolean
  mode: number
}

/** Undefined where there is none. A symbolic link is refused: what is written replaces the file that is at the path. */
export function readProjectFile(path: string): ProjectFile | undefined {
  return orAnother(path, () => {
    const stats = lstatSync(path, {throwIfNoEntry: false})
    if (stats?.isSymbolicLink()) {
      throw storageError(path, `is a symbolic link to ${readlinkSync(path)}`, 'Name the file itself.')
    }

    const content = readForeignFile(path, SIZE_LIMIT)
    if (!stats || !content) return undefined
    if (content.includes(0)) throw storageError(path, 'is no text file', 'Name another file, or save it as UTF-8.')
    const text = content.toString('utf8')
    const encoding = Buffer.from(text).equals(content) ? 'utf8' : 'latin1'
    const isOpen = process.platform !== 'win32' && (stats.mode & 0o077) !== 0
    return {text: content.toString(encoding), encoding, isOpen, mode: stats.mode & 0o777}
  })
}

/** Replaces the file as a whole. Folders that are missing are made. */
export async function writeProjectFile(
  path: string,
  {text, encoding, mode}: Pick<ProjectFile, 'text' | 'encoding' | 'mode'>,
): Promise<void> {
  try {
    makeFolder(dirname(path))
    requireWritable(path)
    sweepTemporaryFiles(dirname(path), Date.now(), PREFIX)
    await writeAtomically(path, Buffer.from(text, encoding), {mode, prefix: PREFIX})
  } catch (error) {
    throw anotherFile(systemError(error, path, 'cannot be written'))
  }
}

/** A rename asks nobody: whoever made the file read-only meant it. */
function requireWritable(path: string): void {
  const stats = lstatSync(path, {throwIfNoEntry: false})
  if (!stats || process.platform === 'win32' || (stats.mode & 0o200) !== 0) return
  throw storageError(path, 'is read-only', 'Make it writable, or name another file.')
}

const PREFIX = 'env-file-'

const SIZE_LIMIT = 1024 * 1024

function orAnother<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw anotherFile(systemError(error, path, 'cannot be read'))
  }
}

/** What is said of the configuration folder does not help here. */
function anotherFile(error: unknown): unknown {
  if (!isAuthError(error)) return error
  const isFit = !error.suggestions.some((text) => typeof text === 'string' && text.includes('configuration folder'))
  return isFit ? error : new AuthError(error.code, error.message, ['Name another file.'], {cause: error})
}
