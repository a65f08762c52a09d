/**
 * What completes an argument or the value of a flag: `file`, `dir`, `-` for nothing, or a kind that some plugin knows the values
 * of, such as `profile`. The `options` of an argument or a flag need no declaration.
 */
export type CompletionKind = string

/**
 * `static completion = {args: {name: 'profile'}} satisfies Completion` on a command class. A base class says what its
 * `baseFlags` take in `static baseCompletion`.
 */
export interface Completion {
  args?: Record<string, CompletionKind>
  flags?: Record<string, CompletionKind>
  /** After this command one has something to complete: a person is told once that there is completion. */
  suggestsInstalling?: boolean
}
