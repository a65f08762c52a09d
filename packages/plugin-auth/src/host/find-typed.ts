import type {LoadableCommand, LoadedConfig} from './adopt-commands.js'

interface Typed {
  /** What oclif took for the id, before the commands were renamed: with spaces all words up to the first flag. */
  id: string
  /** What it took for the arguments. It runs the command with this very array. */
  argv: string[]
  /** The command line as it was typed, if that is where `id` and `argv` are from. */
  words: readonly string[]
}

/**
 * With spaces between topics oclif divides the line into a command and its arguments before anybody can rename one:
 * `account switch work` is a command of three words to it. Divided anew, that is found under the id it is looked for by.
 */
export function findTyped(config: LoadedConfig, {id, argv, words}: Typed): void {
  if (config.topicSeparator !== ' ' || config.findCommand(id)) return
  const isTyped = words.join(':').startsWith(id)
  const typed = isTyped ? words : [...id.split(':'), ...argv]
  const command = longest(config, typed)
  if (!command) return
  argv.splice(0, argv.length, ...typed.slice(command.id.split(':').length))
  config._commands.set(id, command)
}

function longest(config: LoadedConfig, words: readonly string[]): LoadableCommand | undefined {
  for (let count = words.length; count > 0; count -= 1) {
    const command = config.findCommand(words.slice(0, count).join(':'))
    if (command) return command
  }

  return undefined
}
