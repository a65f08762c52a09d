import {normaliseApiUrl} from '../environments/api-url.js'
import {AuthError, isAuthError} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import {SHARED_HOST} from './shared-host.js'

/** `oclif.auth` in the `package.json` of a host: what its author types. All keys may be absent; docs/hosts.md has them. */
export interface HostDescriptor {
  /** As people call it: `Acme Cloud`. */
  product?: string
  /** The default environment, a normalised URL. */
  apiUrl?: string
  /** Of the variables that say who an invocation is: `ACME` gives `ACME_API_KEY`. */
  variablePrefix?: string
  /** What the keys of this product begin with, so that they can be told from other text: `acme-`. */
  keyPrefix?: string
  keychainService?: string
  shares?: typeof SHARED_HOST
  /** The topic of the commands, with `:` between its words. */
  topic?: string
}

/**
 * Narrows what the author of a host wrote. Rejects with `HOST_MISCONFIGURED`, which names the key: one that is passed over
 * could send the key of one product to the server of another.
 */
export function parseDescriptor(value: unknown, host: string): HostDescriptor {
  const wrong = (key: string, what: string): AuthError =>
    new AuthError('HOST_MISCONFIGURED', `"oclif.auth${key && `.${key}`}" in the package.json of ${host} ${what}.`, [
      `This is for the author of ${host} to correct; docs/hosts.md of @llamactl/plugin-auth has all keys.`,
    ])

  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('', 'is not an object')
  for (const [key, text] of Object.entries(value)) {
    if (!Object.hasOwn(FIT, key)) {
      throw wrong(cleanText(key), `is not known; there are ${Object.keys(FIT).join(', ')}`)
    }

    const {pattern, is} = FIT[key as keyof HostDescriptor]
    if (typeof text !== 'string' || !pattern.test(text)) throw wrong(key, `is not ${is}`)
  }

  const descriptor: HostDescriptor = {...value}
  const {apiUrl, variablePrefix, keychainService, shares} = descriptor
  if (shares !== undefined && keychainService !== undefined) {
    throw wrong('keychainService', `cannot be there beside "shares": the service is then that of ${shares}`)
  }

  if (apiUrl === undefined) return descriptor
  if (variablePrefix === undefined) {
    throw wrong(
      'variablePrefix',
      'is missing beside "apiUrl": a key in LLAMA_CLOUD_API_KEY would go to that server. ' +
        'If it is one of LlamaCloud, say so with "LLAMA_CLOUD"',
    )
  }

  try {
    return {...descriptor, apiUrl: normaliseApiUrl(apiUrl)}
  } catch (error) {
    if (!isAuthError(error)) throw error
    throw wrong('apiUrl', `cannot be used: ${error.message.replace(/\.$/, '')}`)
  }
}

const FIT: Record<keyof HostDescriptor, {pattern: RegExp; is: string}> = {
  product: {pattern: /^[\p{L}\p{N}][\p{L}\p{N} .&'+-]{0,63}$/u, is: 'a name of letters, digits and spaces'},
  apiUrl: {pattern: /./, is: 'a URL'},
  variablePrefix: {pattern: /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)*$/, is: 'in capital letters, as in ACME_CLOUD'},
  keyPrefix: {pattern: /^[\w-]{2,32}$/, is: 'a word of at least two letters, as in acme-'},
  keychainService: {pattern: /^[\w@][\w@./-]{0,127}$/, is: 'a word of letters, digits, dots, hyphens and slashes'},
  shares: {pattern: new RegExp(`^${SHARED_HOST}$`), is: `"${SHARED_HOST}", which is the only one to share with`},
  topic: {
    pattern: /^[a-z][\da-z-]*(?::[a-z][\da-z-]*)*$/,
    is: 'a word in small letters, or several with : between them',
  },
}
