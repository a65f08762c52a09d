import {type AuthError, isAuthError} from '../errors.js'
import {requireDocument} from './json-file.js'
import type {Ownership} from './ownership.js'
import {type DocumentFormat, parseDocument} from './parse-document.js'
import {readOwnFile, SIZE_LIMIT} from './read-own-file.js'

/**
 * What there is of those documents. A damaged one does not hide the others: `onDamaged` hears of it, and it is left out.
 * Synchronous, and in one room: a list of 1,000 profiles would pay for each turn and each buffer.
 */
export function readDocuments<T>(
  names: string[],
  pathOf: (name: string) => string,
  format: DocumentFormat<T>,
  {ownership, onDamaged}: {ownership: Ownership; onDamaged: (error: AuthError) => void},
): T[] {
  const room = Buffer.allocUnsafe(SIZE_LIMIT)
  const documents: T[] = []
  for (const name of names) {
    const path = pathOf(name)
    try {
      const content = readOwnFile(path, ownership, {room})
      if (content) documents.push(requireDocument(path, parseDocument(content, name, format), format))
    } catch (error) {
      if (!isAuthError(error)) throw error
      onDamaged(error)
    }
  }

  return documents
}
