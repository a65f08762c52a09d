/** What went wrong before a command could run, as plugin-auth says it in text and JSON. */
export interface Failure {
  code: string
  message: string
  suggestions: string[]
}

/** Says it, and throws what ends the process with that exit code. */
export function fail({code, message, suggestions}: Failure, {argv, exit}: {argv: string[]; exit: number}): never {
  if (argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({error: {code, message, suggestions}}, null, 2)}\n`)
  } else {
    process.stderr.write([`Error: ${message} (${code})`, ...suggestions.map((line) => `  ${line}`), ''].join('\n'))
  }

  throw Object.assign(new Error(message), {skipOclifErrorHandling: true, oclif: {exit}})
}
