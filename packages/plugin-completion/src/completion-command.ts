import {Command, toConfiguredId} from '@oclif/core'
import {CompletionError} from './completion-error.js'

/** What it throws becomes one error with a code, the same in text and JSON. */
export abstract class CompletionCommand extends Command {
  static override enableJsonFlag = true

  /** A command line of the host that this plugin runs in. */
  protected commandLine(id: string, args = ''): string {
    return `${this.config.bin} ${toConfiguredId(id, this.config)} ${args}`.trimEnd()
  }

  /** To the person, on standard error: standard output is for data. */
  protected say(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  override async catch(error: Error): Promise<unknown> {
    if ('code' in error && error.code === 'EEXIT') throw error
    const failure = toCompletionError(error)
    if (this.jsonEnabled()) {
      process.exitCode = failure.exitCode
      this.logJson(this.toErrorJson(failure))
      return undefined
    }

    this.say(
      [`Error: ${failure.message} (${failure.code})`, ...failure.suggestions.map((line) => `  ${line}`)].join('\n'),
    )
    throw Object.assign(failure, {skipOclifErrorHandling: true})
  }

  override toErrorJson(error: unknown): {error: {code: string; message: string; suggestions: string[]}} {
    const {code, message, suggestions} = toCompletionError(error)
    return {error: {code, message, suggestions}}
  }
}

export function toCompletionError(error: unknown): CompletionError {
  if (error instanceof CompletionError) return error
  const {message, code, path, oclif} = error as NodeJS.ErrnoException & {oclif?: {exit?: number}}
  if (oclif?.exit === 2) {
    const [first = '', ...details] = message.replace(/\n?See more help with --help$/, '').split('\n')
    return new CompletionError('USAGE', first, [...details.filter(Boolean), 'See --help for all flags and arguments.'])
  }

  const text = path === undefined || message.includes(path) ? message : `${message} '${path}'`
  return new CompletionError(code === undefined ? 'UNEXPECTED_ERROR' : 'STORAGE_ERROR', text)
}
