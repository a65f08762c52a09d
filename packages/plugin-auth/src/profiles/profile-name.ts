import {AuthError} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import {withoutWholeKeys} from '../untrusted/without-whole-keys.js'

/** The name of a profile made from an API key: enough to tell two keys apart, too little to use one. */
export function redactedKey(key: string): string {
  const dense = key.replaceAll(' ', '')
  return `${dense.slice(0, 6)}****${dense.slice(dense.length <= 10 ? -2 : -4)}`
}

/** `name`, or the first of `name-2`, `name-3`, … that nobody has. */
export function uniqueName(name: string, taken: Iterable<string>): string {
  const names = new Set(taken)
  if (!names.has(name)) return name
  for (let number = 2; ; number++) if (!names.has(`${name}-${number}`)) return `${name}-${number}`
}

/** A name somebody typed. Throws `USAGE`. */
export function readProfileName(text: string): string {
  const name = text.trim()
  if (name === '' || name !== cleanText(name, 100)) {
    throw new AuthError('USAGE', 'The name of a profile is one line of 1 to 100 characters.')
  }

  if (withoutWholeKeys(name) !== name)
    throw new AuthError('USAGE', 'That name looks like an API key, and would be shown.')

  return name
}
