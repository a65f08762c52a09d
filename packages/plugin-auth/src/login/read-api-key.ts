import {AuthError} from '../errors.js'
import {Secret} from '../secret.js'

/**
 * An API key as it comes from a flag, a variable, a pipe or a person. It ends up in a header, so that it is one word of
 * visible ASCII. The message of the error does not quote it.
 */
export function readApiKey(text: string, source: string): Secret {
  const key = text.replace(/^\uFEFF/, '').trim()
  if (key === '') throw new AuthError('USAGE', `There is no API key in ${source}.`)
  if (!/^[\u0021-\u007E]{1,4096}$/.test(key)) {
    throw new AuthError(
      'USAGE',
      `What is in ${source} is not an API key: a key is one word without spaces or line breaks.`,
    )
  }

  return new Secret(key)
}
