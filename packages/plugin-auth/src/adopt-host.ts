import {isAuthError} from './errors.js'
import {adoptCommands, type LoadedConfig} from './host/adopt-commands.js'
import {readHost} from './host/host.js'
import {findTyped} from './host/find-typed.js'
import {errorText} from './output/error-text.js'

/**
 * Gives our commands, in a configuration that oclif has loaded, the topic and the words of the host. Where its author is
 * mistaken no command runs, ours or not: nobody should find that out later.
 */
export async function adoptHost(
  given: object,
  {id, argv = []}: {id?: string | undefined; argv?: string[] | undefined},
) {
  const config = given as LoadedConfig
  try {
    const host = await readHost(config, process.env)
    adoptCommands(config, host)
    if (id !== undefined) findTyped(config, {id, argv, words: process.argv.slice(2)})
  } catch (error) {
    if (!isAuthError(error)) throw error
    const {code, message} = error
    const suggestions = error.suggestions.filter((suggestion) => typeof suggestion === 'string')
    if (argv.includes('--json'))
      process.stdout.write(`${JSON.stringify({error: {code, message, suggestions}}, null, 2)}\n`)
    else process.stderr.write(`${errorText({code, message, suggestions})}\n`)
    throw Object.assign(error, {skipOclifErrorHandling: true})
  }
}
