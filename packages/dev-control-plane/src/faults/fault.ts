/** What to match, and what goes wrong. Without an effect it only counts. */
export interface Fault {
  /** Absent: any method. */
  method?: string
  /** The path without its query: exactly this string, or matching this pattern. */
  path: string | RegExp
  /** How many requests it meets before it is over. Default 1; `Infinity` for all. */
  times?: number

  /** Answer with this status, and `body` and `headers`, in place of the real answer. Default 200 when only those are given. */
  status?: number
  /** A string or Buffer is sent as it is, anything else as JSON. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** Milliseconds to wait before answering. */
  delay?: number
  /** Close the connection without an answer. */
  drop?: boolean
  /** Send the head and half of the body of the real answer, then close the connection. */
  truncate?: boolean
  /** Let the server do what was asked first: the effect is there, only the answer is lost or another. */
  after?: boolean
}
