import type {Secret} from '../secret.js'

/**
 * Why a text must not be put into a keychain, continuing a sentence; `undefined` when it may.
 *
 * A line break in one value makes a GNOME keyring without a password unreadable at the next start of its daemon, the
 * secrets of all other programs included (measured with both libraries, gnome-keyring 42.1). keytar cuts a value at its
 * first NUL without a word, and both libraries replace half of a surrogate pair.
 */
export function unfitReason(text: string): string | undefined {
  if (text === '') return 'is empty'
  if (UNFIT.test(text)) return 'has line breaks, control characters or broken characters in it'
  if (Buffer.byteLength(text) > LIMIT) return `is longer than ${LIMIT / 1024} KiB`
  return undefined
}

/** A plain JavaScript caller may pass anything, and @napi-rs/keyring quotes a value of the wrong type in its error. */
export function unfitSecretReason(secret: Secret): string | undefined {
  const text: unknown = secret.reveal()
  return typeof text === 'string' ? unfitReason(text) : 'is not text'
}

/** Whether the keychain of that system takes a secret of this length; asked before anything is written. */
export const fitsKeychain = (secret: Secret, platform: NodeJS.Platform): boolean =>
  platform !== 'win32' || Buffer.byteLength(secret.reveal()) <= WINDOWS_LIMIT

/** The same, also where the library is the other one, which writes two bytes a character: for what can be done without. */
export const fitsAnyKeychain = (secret: Secret, platform: NodeJS.Platform): boolean =>
  unfitSecretReason(secret) === undefined &&
  (platform !== 'win32' || Buffer.byteLength(secret.reveal(), 'utf16le') <= WINDOWS_LIMIT)

/** CRED_MAX_CREDENTIAL_BLOB_SIZE. keytar writes UTF-8; the other library writes UTF-16 and then says so itself. */
const WINDOWS_LIMIT = 5 * 512

const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/u

/** Far above a key with its refresh token; keytar gives up on the whole connection above 40 MiB. */
const LIMIT = 32 * 1024
