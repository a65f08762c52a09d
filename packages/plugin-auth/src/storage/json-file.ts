import {unlinkSync} from 'node:fs'
import {dirname} from 'node:path'
import type {Ownership, Warn} from './ownership.js'
import {type DocumentFormat, type ParsedDocument, parseDocument} from './parse-document.js'
import {readOwnFile, SIZE_LIMIT} from './read-own-file.js'
import {storageError, systemCode, systemError} from './storage-error.js'
import {sweepTemporaryFiles, syncFolder, writeAtomically} from './write-atomically.js'

/**
 * One fact in one file. All methods reject with `STORAGE_ERROR`, which names the path and the way out, when what is
 * there is damaged, written by a newer version, not a regular file, or not one's own. What such a file holds is never
 * lost.
 */
export interface JsonFile<T> {
  readonly path: string
  /** `undefined` where there is none. */
  read(): Promise<T | undefined>
  /** Replaces the whole document. To keep the keys of a newer version, spread what was read. */
  save(document: T): Promise<void>
  /**
   * For a fact that somebody states anew, whatever it was before. The other keys stay; a damaged document is replaced after
   * its bytes were copied to a file beside it, with a warning that names both.
   */
  restate(document: T): Promise<void>
  /** False when it was already gone. */
  remove(): Promise<boolean>
}

/** The folder that a file is in, as far as the file has to know it. */
export interface Surroundings {
  ownership: Ownership
  warn: Warn
  /** Whether the folder is there, after checking it. */
  isThere(): boolean
  /** Makes the folder if it is not there. */
  make(): void
}

/** Calls of the file system are synchronous: for files this small they are several times faster than the thread pool. */
export function createJsonFile<T extends object>(
  path: string,
  name: string,
  format: DocumentFormat<T>,
  {ownership, warn, isThere, make}: Surroundings,
): JsonFile<T> {
  function contentNow(): Buffer | undefined {
    return isThere() ? readOwnFile(path, ownership) : undefined
  }

  const readNow = (content = contentNow()): T | undefined =>
    content && requireDocument(path, parseDocument(content, name, format), format)

  async function writeNow(text: string): Promise<void> {
    make()
    sweepTemporaryFiles(dirname(path))
    await writeAtomically(path, text)
  }

  async function put(document: T): Promise<void> {
    const {version} = format
    const text = `${JSON.stringify(Object.assign({version}, document, {version}), null, 2)}\n`
    requireReadable(path, text, name, format)
    try {
      await writeNow(text).catch((error: unknown) => {
        // Another process removed the emptied folder between the two steps.
        if (systemCode(error) === 'ENOENT') return writeNow(text)
        throw error
      })
    } catch (error) {
      throw systemError(error, path, 'cannot be saved')
    }
  }

  /** A copy, not a rename: at no instant is there no file, which would be read as "none". */
  async function keepAside(content: Buffer, reason: string): Promise<void> {
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}`
    try {
      await writeAtomically(aside, content)
    } catch (error) {
      throw systemError(error, aside, 'cannot be saved')
    }

    warn(`${path} ${reason}. It is written anew; what was in it is kept in ${aside}.`)
  }

  return {
    path,

    async read() {
      return readNow()
    },

    async save(document) {
      readNow()
      await put(document)
    },

    async restate(document) {
      const content = contentNow()
      const parsed = content && parseDocument(content, name, format)
      if (content && parsed?.kind === 'damaged') {
        await keepAside(content, parsed.reason)
        await put(document)
      } else await put({...readNow(content), ...document})
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

/** What was read of the file at `path`. Throws `STORAGE_ERROR` for what is no document that this program understands. */
export function requireDocument<T>(path: string, parsed: ParsedDocument<T>, format: DocumentFormat<T>): T {
  if (parsed.kind === 'read') return parsed.document
  if (parsed.kind === 'damaged') throw storageError(path, parsed.reason, 'Repair it, or move it away, then try again.')
  throw storageError(
    path,
    `was written by a newer version (format ${parsed.version}; this one knows ${format.version})`,
    'Upgrade, then try again.',
  )
}

/** What could not be read again must not be written: it would lock its owner out. */
function requireReadable<T>(path: string, text: string, name: string, format: DocumentFormat<T>): void {
  const content = Buffer.from(text)
  const parsed = parseDocument(content, name, format)
  const reason =
    content.length >= SIZE_LIMIT
      ? `it would be larger than ${SIZE_LIMIT / 1024} KiB`
      : parsed.kind === 'damaged' && `what is to be saved ${parsed.reason}`
  if (reason) throw storageError(path, `is not saved: ${reason}`, 'Use shorter, plainer values.')
}
