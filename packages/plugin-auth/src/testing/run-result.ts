/** What a command did. */
export interface RunResult<R = unknown> {
  /** What `run()` returned. */
  result?: R
  /** What ended it, also where `--json` printed it. */
  error?: Error & {code?: string; exitCode?: number}
  /** That a shell would see. */
  exitCode: number
  /** Data. */
  stdout: string
  /** What is said to the person. */
  stderr: string
}
