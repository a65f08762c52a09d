/** What a script may branch on, and the exit code each one gives. */
export const EXIT_CODES = {USAGE: 2, FOREIGN_FILE: 1, READ_ONLY_FILE: 1, STORAGE_ERROR: 1, UNEXPECTED_ERROR: 1} as const

export type CompletionErrorCode = keyof typeof EXIT_CODES

/** A failure the user can act on. `code` is stable; the wording is not. */
export class CompletionError extends Error {
  /** oclif 4 reads `exitCode` under `--json` and `oclif.exit` otherwise; oclif 5 reads `oclif.exit` in both. */
  readonly exitCode: number
  readonly oclif: {exit: number}

  constructor(
    readonly code: CompletionErrorCode,
    message: string,
    readonly suggestions: string[] = [],
  ) {
    super(message)
    this.exitCode = EXIT_CODES[code]
    this.oclif = {exit: this.exitCode}
  }
}
