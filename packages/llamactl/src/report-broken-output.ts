/**
 * Standard output may be a file on a full disk. Then oclif would throw, and Node.js print a stack trace: this comes before
 * it and ends the process, as `cat` would. A reader that closes the pipe (`| head`) is no failure, and left to oclif.
 */
export function reportBrokenOutput(process: NodeJS.Process, bin: string): void {
  process.stdout.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.stderr.write(`Error: ${bin} cannot write to standard output (${error.code ?? 'unknown reason'}).\n`)
    process.exit(1)
  })
}
