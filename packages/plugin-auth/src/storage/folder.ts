import {type Dirent, readdirSync, rmdirSync} from 'node:fs'
import {join, sep} from 'node:path'
import type {AuthError} from '../errors.js'
import {createJsonFile, type JsonFile} from './json-file.js'
import {createLogFile, type LogFile} from './log-file.js'
import {isOwnFolder, makeFolder} from './own-folder.js'
import {createOwnership, type Ownership, type Warn} from './ownership.js'
import {type LockOptions, type Turn, withLockFile} from './lock-file.js'
import type {DocumentFormat} from './parse-document.js'
import {readDocuments} from './read-documents.js'
import {cleanText} from '../untrusted/clean-text.js'
import {storageError, systemCode, systemError} from './storage-error.js'

/** A folder for small JSON documents. Nothing is on the disk until the first document is saved. */
export interface Folder {
  readonly path: string
  /** A folder in this one. */
  folder(name: string): Folder
  /** The document `<name>.json` in this folder. */
  file<T extends object>(name: string, format: DocumentFormat<T>): JsonFile<T>
  /** The log `<name>.log` in this folder. */
  log(name: string): LogFile
  /** Every document in this folder, in the order of their names, but for those that `onDamaged` hears of. */
  documents<T extends object>(format: DocumentFormat<T>, onDamaged: (error: AuthError) => void): Promise<T[]>
  /** The names of the documents, sorted, without `.json`. What one of them is shows when it is read. */
  fileNames(): Promise<string[]>
  /** The names of the folders in this one, sorted. */
  folderNames(): Promise<string[]>
  /** Runs `work` while no other process runs work under the same name here. Never within itself. */
  exclusively<T>(name: string, work: (turn: Turn) => Promise<T>, options?: LockOptions): Promise<T>
  /** Removes the empty folders in this one, then this one if it is empty. True when it is gone. */
  removeIfEmpty(): Promise<boolean>
}

/** The configuration folder. `warn` hears what was repaired on the way, such as modes that were too open. */
export const createFolder = ({path, warn}: {path: string; warn: Warn}): Folder =>
  createFolderBelow(path, {ownership: createOwnership(warn), warn})

interface Parent {
  isThere(): boolean
  make(): void
}

function createFolderBelow(path: string, house: {ownership: Ownership; warn: Warn}, parent?: Parent): Folder {
  // Checked once a run: nobody else can exchange a folder that only its owner may write in, and a list of 1,000 profiles
  // would pay for each.
  let isChecked = false

  function isThere(): boolean {
    isChecked ||= (parent?.isThere() ?? true) && isOwnFolder(path, house.ownership, {isRoot: !parent})
    return isChecked
  }

  function make(): void {
    parent?.make()
    isChecked = false
    if (isThere()) return
    makeFolder(path)
    if (!isThere()) throw storageError(path, 'is a symbolic link to nothing', 'Make its target, or remove the link.')
  }

  function listed<T>(list: () => T[]): T[] {
    try {
      return isThere() ? list() : []
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return []
      throw systemError(error, path, 'cannot be listed')
    }
  }

  const entries = (): Dirent[] => listed(() => readdirSync(path, {withFileTypes: true}))

  // Not `join`, which looks at each letter: a list of 1,000 profiles would pay for that.
  const pathOf = (name: string): string => `${path}${sep}${name}.json`

  const fileNames = (): string[] =>
    listed(() => readdirSync(path))
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()

  const folder = (name: string) => createFolderBelow(join(path, checkedName(path, name)), house, {isThere, make})

  return {
    path,
    folder,

    file(name, format) {
      return createJsonFile(pathOf(checkedName(path, name)), name, format, {...house, isThere, make})
    },

    async documents(format, onDamaged) {
      return readDocuments(fileNames(), pathOf, format, {...house, onDamaged})
    },

    log(name) {
      const pathOf = (ending: string): string => join(path, `${checkedName(path, name)}${ending}`)
      const moving = <T>(work: () => Promise<T>): Promise<T> => withLockFile(pathOf('.lock'), work)
      return createLogFile({now: pathOf('.log'), older: pathOf('.older.log')}, {...house, isThere, make, moving})
    },

    async fileNames() {
      return fileNames()
    },

    async folderNames() {
      return entries()
        .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
        .map(({name}) => name)
        .sort()
    },

    async exclusively(name, work, options) {
      const lock = join(path, `${checkedName(path, name)}.lock`)
      try {
        make()
      } catch (error) {
        throw systemError(error, path, 'cannot be made')
      }

      return withLockFile(lock, work, options)
    },

    async removeIfEmpty() {
      for (const entry of entries()) {
        if (entry.isDirectory() && FIT_NAME.test(entry.name)) await folder(entry.name).removeIfEmpty()
      }

      isChecked = false
      if (!isThere()) return true
      isChecked = false
      try {
        rmdirSync(path)
        return true
      } catch (error) {
        const code = systemCode(error)
        if (code === 'ENOENT') return true
        // Solaris and some network file systems say EEXIST.
        if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
        throw systemError(error, path, 'cannot be removed')
      }
    },
  }
}

/** A name may come out of a file that somebody edited: it must not lead out of the folder, on any system. */
function checkedName(path: string, name: string): string {
  if (FIT_NAME.test(name)) return name
  throw storageError(path, `cannot hold anything named ${JSON.stringify(cleanText(name, 100))}`, 'Use another name.')
}

// eslint-disable-next-line no-control-regex
const FIT_NAME = /^(?!\.)[^\u0000-\u001F\u007F/\\:*?"<>|]{1,200}(?<![. ])$/
