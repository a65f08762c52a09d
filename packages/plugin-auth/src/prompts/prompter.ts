/** One line of a list. */
export interface Choice<T> {
  /** What is shown, and searched in. */
  label: string
  /** What choosing it gives. */
  value: T
  /** Stands behind the label, dimmed. */
  hint?: string
}

/**
 * Asks a person, on standard error. Every method rejects with `AuthError` `CANCELLED` on Ctrl-C, Esc or Ctrl-D, with
 * the terminal as it was before. Whether one may ask at all is `interactive`; a method called without it is a bug.
 */
export interface Prompter {
  /** Whether there is somebody to ask. */
  readonly interactive: boolean
  /** Lists of more than a few lines are filtered by typing. `initial` is found by identity. */
  select<T>(question: string, choices: Choice<T>[], options?: {initial?: T}): Promise<T>
  /** Trimmed, never empty. `validate` returns what is wrong, or nothing. */
  input(
    question: string,
    options?: {initial?: string; validate?: (text: string) => string | undefined},
  ): Promise<string>
  /** As `input`, with every character shown as `*`; the line that stays on the screen does not tell its length. */
  secret(question: string): Promise<string>
  /** Enter alone is `initial`, or no. */
  confirm(question: string, options?: {initial?: boolean}): Promise<boolean>
}
