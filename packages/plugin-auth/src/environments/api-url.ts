import {AuthError, suggest} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import {parseUrl} from '../untrusted/parse-url.js'
import {isLoopback} from '../untrusted/safe-url.js'

/** The control plane used when none is named and none is current. */
export const DEFAULT_API_URL = 'https://api.cloud.llamaindex.ai'

/**
 * The one spelling of a control plane's URL: host in lower case, no default port, no trailing slash. Throws `USAGE` for
 * what cannot be one: credentials, query or fragment in it, other schemes, and `http` to another machine, where a key
 * would travel in clear, unless `allowHttp`.
 */
export function normaliseApiUrl(text: string, {allowHttp = false}: {allowHttp?: boolean} = {}): string {
  const spelled = text.trim()
  const url = parseUrl(spelled)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw notUrl(spelled, url)
  if (url.username || url.password) throw usage('The URL of a control plane has no user name or password in it.')
  if (url.search || url.hash)
    throw usage(`The URL of a control plane has no ? or # in it; leave out what follows ${url.origin}${url.pathname}`)
  if (isPlainHttp(url.href) && !allowHttp) {
    throw usage(`${url.origin} is not https: API keys would travel in clear, for every machine on the way to read.`, [
      suggest('auth:env:add', `${url.href} --allow-http`, 'if you accept that'),
    ])
  }

  const apiUrl = url.origin + url.pathname.replace(/\/+$/, '')
  if (folderName(apiUrl).length > LONGEST_NAME) throw usage('The URL of this control plane is too long to be kept.')
  return apiUrl
}

/** `localhost:4010` is a URL too, with the scheme `localhost`. */
function notUrl(spelled: string, url: URL | undefined): AuthError {
  if (MAY_HOLD_SECRET.test(spelled)) return usage('The URL of a control plane is not a valid one.')
  if (spelled.includes('://')) return usage('The URL of a control plane begins with https://.')
  const host = parseUrl(`http://${spelled}`)
  const guess = host && `${isLoopback(host) ? 'http' : 'https'}://${spelled}`
  const what = url
    ? 'The URL of a control plane begins with https://.'
    : `${cleanText(spelled) || 'An empty text'} is not a URL.`
  return usage(what, guess ? [`Did you mean ${cleanText(guess)} ?`] : [])
}

/** Whether a normalised URL is `http` to another machine: to this one, `http` needs nobody's consent. */
export function isPlainHttp(apiUrl: string): boolean {
  const url = new URL(apiUrl)
  return url.protocol === 'http:' && !isLoopback(url)
}

/** Whether a text is a normalised URL: what a file holds is not corrected but refused. */
export function isApiUrl(text: string): boolean {
  try {
    return normaliseApiUrl(text, {allowHttp: true}) === text
  } catch {
    return false
  }
}

/** User names, queries and keys in place of URLs: two variables are soon confused, and CI keeps what is printed. */
const MAY_HOLD_SECRET = /[@?#]|llx-/i

/** What a folder holds (see `storage/folder.ts`), and below the 255 bytes of any file system. */
const LONGEST_NAME = 200

/**
 * A folder name for a normalised URL. Different URLs give different names, also on file systems that ignore case: every
 * character but a-z, 0-9, dot and hyphen becomes `_` and its two hexadecimal digits.
 */
export function folderName(apiUrl: string): string {
  const {protocol, host, pathname} = new URL(apiUrl)
  const place = host + pathname.replace(/\/$/, '')
  const safe = place.replaceAll(
    /[^a-z\d.-]|\.$/g,
    (character) => `_${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `${protocol.replace(':', '')}-${safe}`
}

const usage = (message: string, suggestions: ConstructorParameters<typeof AuthError>[2] = []): AuthError =>
  new AuthError('USAGE', message, suggestions)
