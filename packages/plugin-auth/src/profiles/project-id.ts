import {AuthError} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import {withoutWholeKeys} from '../untrusted/without-whole-keys.js'

/** A project ID that no server will check. Throws `USAGE`. */
export function readProjectId(text: string): string {
  const id = text.trim()
  if (id === '' || id !== cleanText(id))
    throw new AuthError('USAGE', 'A project ID is one word of 1 to 200 characters.')
  if (withoutWholeKeys(id) !== id)
    throw new AuthError('USAGE', 'That project ID looks like an API key, and would be shown.')
  return id
}
