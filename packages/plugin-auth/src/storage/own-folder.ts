import {chmodSync, lstatSync, mkdirSync, statSync} from 'node:fs'
import {dirname, isAbsolute, parse} from 'node:path'
import type {Ownership} from './ownership.js'
import {storageError, systemCode, systemError} from './storage-error.js'

/**
 * Whether the folder is there; refuses one that is not a real folder of this user. Only the root may be a symbolic link
 * (people keep their configuration in a repository of dotfiles), and only to a folder of their own.
 */
export function isOwnFolder(path: string, ownership: Ownership, {isRoot}: {isRoot: boolean}): boolean {
  if (isRoot) requireUsableRoot(path)
  try {
    const entry = lstatSync(path)
    ownership.requireOwn(path, entry)
    const target = isRoot && entry.isSymbolicLink() ? statSync(path) : entry
    if (!target.isDirectory()) {
      const what = target.isSymbolicLink() ? 'is a symbolic link' : 'is not a folder'
      throw storageError(path, `${what}, where a folder of your own is expected`, 'Move it away, then try again.')
    }

    ownership.requireOwn(path, target)
    // A person may point the configuration at /tmp. As root, tightening would take it from everybody else.
    if (target.mode & STICKY) {
      throw storageError(path, 'is shared by all users', 'Use a configuration folder of your own.')
    }

    ownership.tighten(path, target)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw systemError(error, path, 'cannot be used')
  }
}

/** Makes the folder and those above it that are missing, for this user alone. */
export function makeFolder(path: string): void {
  try {
    makeMissing(path)
  } catch (error) {
    throw systemError(error, path, 'cannot be made')
  }
}

function makeMissing(path: string): void {
  try {
    makeOne(path)
  } catch (error) {
    const parent = dirname(path)
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error
    makeMissing(parent)
    // Only once more: /proc says ENOENT whatever is above.
    makeOne(path)
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, 0o700)
    // The umask was taken off the mode: under `umask 777` nobody could enter, not even its owner.
    chmodSync(path, 0o700)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

function requireUsableRoot(path: string): void {
  if (!isAbsolute(path)) {
    throw storageError(
      `The configuration folder ${JSON.stringify(path)}`,
      'is not an absolute path',
      'Set HOME, or name the configuration folder by its full path.',
    )
  }

  if (parse(path).root === path) {
    throw storageError(path, 'cannot be the configuration folder', 'Use a folder of your own.')
  }
}

const STICKY = 0o1000
