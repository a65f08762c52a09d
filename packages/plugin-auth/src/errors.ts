/** What a script may branch on, and the exit code each one gives. Codes may be added, never renamed. */
export const EXIT_CODES = {
  PROFILE_NOT_FOUND: 1,
  PROFILE_EXISTS: 1,
  ENVIRONMENT_NOT_FOUND: 1,
  PROJECT_NOT_FOUND: 1,
  NO_PROJECTS: 1,
  NOTHING_TO_IMPORT: 1,
  SERVER_ERROR: 1,
  NETWORK_ERROR: 1,
  LOGIN_NOT_SUPPORTED: 1,
  LOGIN_FAILED: 1,
  LOGIN_DENIED: 1,
  LOGIN_EXPIRED: 1,
  LOGIN_NOT_FOUND: 1,
  STORAGE_ERROR: 1,
  HOST_MISCONFIGURED: 1,
  UNEXPECTED_ERROR: 1,
  USAGE: 2,
  INPUT_REQUIRED: 2,
  LOGIN_PENDING: 3,
  NOT_LOGGED_IN: 4,
  CREDENTIAL_REJECTED: 4,
  CREDENTIAL_MISSING: 4,
  KEYCHAIN_LOCKED: 5,
  KEYCHAIN_UNAVAILABLE: 5,
  KEYCHAIN_TIMEOUT: 5,
  KEYCHAIN_ERROR: 5,
  COMMAND_NOT_STARTED: 126,
  COMMAND_NOT_FOUND: 127,
  CANCELLED: 130,
} as const

/** Stable: branch on it. */
export type AuthErrorCode = keyof typeof EXIT_CODES

/**
 * What to type or do next. A command is named by its oclif id, because only the base command knows the host's name and
 * separator; a plain string is shown as it is.
 */
export type Suggestion = string | {command: string; args?: string; to?: string}

/** `auth:token` with its arguments and, in `to`, the reason one would type it ("to use an API key instead"). */
export const suggest = (command: string, args?: string, to?: string): Suggestion => ({
  command,
  ...(args && {args}),
  ...(to && {to}),
})

/** The names that could have been given: the first few, where there are many. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).join(', ')
  return names.length > MOST_LISTED ? `${shown}, … and ${names.length - MOST_LISTED} more` : shown
}

const MOST_LISTED = 20

/** A failure the user can act on. `code` is stable; the wording is not. The message never holds a secret. */
export class AuthError extends Error {
  /** oclif 4 reads `exitCode` under `--json` and `oclif.exit` otherwise; oclif 5 reads `oclif.exit` in both. */
  readonly exitCode: number
  /** See `exitCode`. */
  readonly oclif: {exit: number}
  /** Branch on it. */
  readonly code: AuthErrorCode
  /** What to type or do next, in the order in which it is shown. */
  readonly suggestions: Suggestion[]

  /** `cause` is for tests and debuggers. It is kept off the enumerable keys: oclif prints those under `--json`. */
  constructor(code: AuthErrorCode, message: string, suggestions: Suggestion[] = [], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.suggestions = suggestions
    this.exitCode = EXIT_CODES[code]
    this.oclif = {exit: this.exitCode}
  }
}

/** By shape, not by class: a host may carry a second copy of this plugin, and a newer one has codes that this one does not know. */
export function isAuthError(error: unknown): error is AuthError {
  if (!(error instanceof Error)) return false
  const {code, exitCode, suggestions} = error as Partial<AuthError>
  return (
    typeof code === 'string' &&
    /^[A-Z][A-Z_]+$/.test(code) &&
    typeof exitCode === 'number' &&
    Array.isArray(suggestions)
  )
}

/** A failure that does not stop a command, in one line. */
export const withWayOut = ({message, suggestions}: AuthError): string =>
  [message, ...suggestions.filter((suggestion) => typeof suggestion === 'string')].join(' ')
