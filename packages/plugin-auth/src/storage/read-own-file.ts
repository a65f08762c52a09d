import {closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats} from 'node:fs'
import type {Ownership} from './ownership.js'
import {storageError, systemCode, systemError} from './storage-error.js'

/** What is written here is a few hundred bytes; more is somebody else's file, or an attempt to fill the memory. */
export const SIZE_LIMIT = 64 * 1024

/** The bytes of a small file, `undefined` where there is none. */
export const readOwnFile = (path: string, ownership: Ownership, limit = SIZE_LIMIT): Buffer | undefined =>
  openOwnFile(path, ownership, limit, (descriptor, size) => {
    const content = Buffer.allocUnsafe(size)
    return content.subarray(0, readInto(content, descriptor, size))
  })

/**
 * What `read` makes of a small file, `undefined` where there is none. What is checked is the descriptor that is then read, so
 * that nothing can be exchanged in between. `O_NONBLOCK`: opening a FIFO would otherwise wait for a writer for ever.
 */
export function openOwnFile<T>(
  path: string,
  ownership: Ownership,
  limit: number,
  read: (descriptor: number, size: number) => T,
): T | undefined {
  let descriptor
  try {
    if (!NO_FOLLOW) requireRegular(path, lstatSync(path))
    descriptor = openSync(path, constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0))
    const {size} = requireOwnFile(path, descriptor, ownership)
    if (size >= limit) throw tooLarge(path, limit)
    return read(descriptor, size)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw openError(error, path, 'cannot be read')
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** How many bytes are then in the room. What is appended after `size` was asked for is not read. */
export function readInto(room: Buffer, descriptor: number, size: number): number {
  let length = 0
  for (let read = -1; read !== 0 && length < size; length += read) {
    read = readSync(descriptor, room, length, size - length, null)
  }

  return length
}

/** Refuses what is open when it is not a regular file of this user alone. */
export function requireOwnFile(path: string, descriptor: number, ownership: Ownership): Stats {
  const stats = fstatSync(descriptor)
  requireRegular(path, stats)
  ownership.requireOwn(path, stats)
  // Not `!== 1`: a file that another process replaces between open and fstat has 0 links left, and is fine.
  if (stats.nlink > 1) throw storageError(path, 'has a second hard link', 'Remove the other link, or move it away.')
  ownership.tighten(path, stats, descriptor)
  return stats
}

/** Why a path could not be opened with `O_NOFOLLOW` and `O_NONBLOCK`. */
export function openError(error: unknown, path: string, attempt: string): unknown {
  const code = systemCode(error)
  // FreeBSD says EMLINK where Linux and macOS say ELOOP; opening a socket is ENXIO.
  if (code === 'ELOOP' || code === 'EMLINK') return notRegular(path, 'a symbolic link')
  if (code === 'ENXIO') return notRegular(path, 'a socket or a pipe')
  return systemError(error, path, attempt)
}

/** Windows has no such flag; there the entry is looked at before it is opened. */
export const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

export function requireRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return
  const what = stats.isSymbolicLink() ? 'a symbolic link' : stats.isDirectory() ? 'a folder' : 'a pipe or a device'
  throw notRegular(path, what)
}

const notRegular = (path: string, what: string) =>
  storageError(path, `is ${what}, where a file of your own is expected`, 'Move it away, then try again.')

const tooLarge = (path: string, limit: number) =>
  storageError(path, `is larger than ${limit / 1024} KiB`, 'Repair it, or move it away, then try again.')
