import {unlinkSync} from 'node:fs'
import {dirname} from 'node:path'
import type {Ownership} from './ownership.js'
import {type DocumentFormat, parseDocument} from './parse-document.js'
import {readOwnFile, SIZE_LIMIT} from './read-own-file.js'
import {storageError, systemCode, systemError} from './storage-error.js'
import {sweepTemporaryFiles, syncFolder, writeAtomically} from './write-atomically.js'

/**
 * One fact in one file. All three methods reject with `STORAGE_ERROR`, which names the path and the way out, when what is
 * there is damaged, written by a newer version, not a regular file, or not one's own. Such a file is never overwritten or
 * removed.
 */
export interface JsonFile<T> {
  readonly path: string
  /** `undefined` where there is none. */
  read(): Promise<T | undefined>
  /** Replaces the whole document. To keep the keys of a newer version, spread what was read. */
  save(document: T): Promise<void>
  /** False when it was already gone. */
  remove(): Promise<boolean>
}

/** The folder that a file is in, as far as the file has to know it. */
export interface Surroundings {
  ownership: Ownership
  /** Whether the folder is there, after checking it. */
  isThere(): boolean
  /** Makes the folder if it is not there. */
  make(): void
}

/** Calls of the file system are synchronous: for files this small they are several times faster than the thread pool. */
export function createJsonFile<T extends object>(
  path: string,
  format: DocumentFormat<T>,
  {ownership, isThere, make}: Surroundings,
): JsonFile<T> {
  function readNow(): T | undefined {
    const content = isThere() ? readOwnFile(path, ownership) : undefined
    if (content === undefined) return undefined
    const parsed = parseDocument(content, format)
    if (parsed.kind === 'read') return parsed.document
    if (parsed.kind === 'damaged')
      throw storageError(path, parsed.reason, 'Repair it, or move it away, then try again.')
    throw storageError(
      path,
      `was written by a newer version (format ${parsed.version}; this one knows ${format.version})`,
      'Upgrade, then try again.',
    )
  }

  async function writeNow(text: string): Promise<void> {
    make()
    sweepTemporaryFiles(dirname(path))
    await writeAtomically(path, text)
  }

  return {
    path,

    async read() {
      return readNow()
    },

    async save(document) {
      const {version} = format
      const text = `${JSON.stringify(Object.assign({version}, document, {version}), null, 2)}\n`
      requireReadable(path, text, format)
      readNow()
      try {
        await writeNow(text).catch((error: unknown) => {
          // Another process removed the emptied folder between the two steps.
          if (systemCode(error) === 'ENOENT') return writeNow(text)
          throw error
        })
      } catch (error) {
        throw systemError(error, path, 'cannot be saved')
      }
    },

    async remove() {
      if (readNow() === undefined) return false
      try {
        unlinkSync(path)
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return false
        throw systemError(error, path, 'cannot be removed')
      }

      syncFolder(dirname(path))
      return true
    },
  }
}

/** What could not be read again must not be written: it would lock its owner out. */
function requireReadable<T>(path: string, text: string, format: DocumentFormat<T>): void {
  const content = Buffer.from(text)
  const parsed = parseDocument(content, format)
  const reason =
    content.length >= SIZE_LIMIT
      ? `it would be larger than ${SIZE_LIMIT / 1024} KiB`
      : parsed.kind === 'damaged' && `what is to be saved ${parsed.reason}`
  if (reason) throw storageError(path, `is not saved: ${reason}`, 'Use shorter, plainer values.')
}
