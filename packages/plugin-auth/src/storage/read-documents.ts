import type {AuthError} from '../errors.js'
import {requireDocument} from './json-file.js'
import type {Ownership} from './ownership.js'
import {type DocumentFormat, parseDocument} from './parse-document.js'
import {readEach} from './read-each.js'
import {openOwnFile, readInto, SIZE_LIMIT} from './read-own-file.js'

/** What there is of those documents, but for those that `onDamaged` hears of. In one room: 1,000 would pay for each buffer. */
export function readDocuments<T>(
  names: string[],
  pathOf: (name: string) => string,
  format: DocumentFormat<T>,
  {ownership, onDamaged}: {ownership: Ownership; onDamaged: (error: AuthError) => void},
): Promise<T[]> {
  const room = Buffer.allocUnsafe(SIZE_LIMIT)
  const intoRoom = (descriptor: number, size: number): number => readInto(room, descriptor, size)
  const read = (name: string): T | undefined => {
    const path = pathOf(name)
    const length = openOwnFile(path, ownership, SIZE_LIMIT, intoRoom)
    return length === undefined ? undefined : requireDocument(path, parseDocument(room, name, format, length), format)
  }
  return readEach(names, read, onDamaged)
}
