import type {Command} from '@oclif/core'
import type {Config} from '@oclif/core/interfaces'
import type {Completion} from '../declaration.js'
import {fitDescription, isFitValue} from './fit-text.js'

/** As the manifest has it: statics of a command class that oclif does not know are kept. */
type KnownCommand = Command.Loadable & {completion?: Completion; baseCompletion?: Completion}

type Option = Pick<Command.Arg.Cached, 'name' | 'options'>

/**
 * What can be typed, one fact a line:
 *
 *     C  path  summary                                        a topic or a command that is offered
 *     H  path                                                 one that is not, but completed when typed
 *     A  path  index or *  kind                               an argument
 *     F  path  --flag or -f  name  b, v or m  kind  summary   a flag: boolean, with a value, with many
 *
 * A kind is `-`, `file`, `dir`, `=a|b` or the name of a list of values.
 */
export function commandLines(config: Config): string[] {
  const lines: string[] = []
  const described = new Set<string>()
  const isSpaced = config.topicSeparator === ' '
  const pathOf = (id: string): string => id.replaceAll(':', config.topicSeparator)
  const commands = (config.commands as KnownCommand[]).filter(({id}) => FIT_ID.test(id))
  const ids = new Set(commands.map(({id}) => id))

  const offer = (id: string, summary: unknown): void => {
    const path = pathOf(id)
    if (described.has(path) || !FIT_ID.test(id)) return
    described.add(path)
    lines.push(`C\t${path}\t${describe(summary, config)}`)
  }

  const hide = (id: string): void => {
    const path = pathOf(id)
    if (!described.has(path) && FIT_ID.test(id)) lines.push(`H\t${path}\t`)
  }

  const above = (id: string): string[] => {
    const parts = id.split(':')
    return isSpaced ? parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(':')) : []
  }

  const flag = (path: string, name: string, fields: string[], summary: string): void =>
    void lines.push(['F', path, name, ...fields, summary].join('\t'))

  const help = (path: string): void => flag(path, '--help', ['help', 'b', '-'], 'Show help')

  help('')
  flag('', '--version', ['version', 'b', '-'], 'Show the version')
  if (isSpaced) {
    for (const {name, description, hidden} of config.topics) {
      if (hidden || !FIT_ID.test(name)) continue
      offer(name, description)
      if (!ids.has(name)) help(pathOf(name))
    }
  }

  for (const command of commands) {
    const {id, aliases = [], hiddenAliases = []} = command
    const shown = command.hidden ? [] : [id, ...aliases]
    for (const name of shown) {
      for (const topic of above(name)) offer(topic, '')
      offer(name, command.summary ?? command.description)
    }

    const hidden = command.hidden ? [id, ...aliases, ...hiddenAliases] : hiddenAliases
    for (const name of hidden) for (const each of [...above(name), name]) hide(each)
    for (const name of [...shown, ...hidden]) {
      if (!FIT_ID.test(name)) continue
      lines.push(...argumentLines(command, pathOf(name)))
      lines.push(...flagLines(command, pathOf(name), config))
      if (!command.flags['help']) help(pathOf(name))
    }
  }

  // oclif lists an alias as a command of its own, with all other names of the command.
  const unique = [...new Set(lines)].toSorted(byPath)
  const names = unique.filter(isName)
  const takes = unique.filter((line) => !isName(line))
  return [...names, ...(ids.has('help') ? helpLines(names, config.topicSeparator) : []), ...takes]
}

/** They come first: bash reads no further where it looks for the name of a command. */
const isName = (line: string): boolean => /^[CH]\t/.test(line)

/** In the order in which shells list them. */
const byPath = (a: string, b: string): number => {
  const [x = '', y = ''] = [a, b].map((line) => line.split('\t')[1])
  return x < y ? -1 : x > y ? 1 : 0
}

/** `help` takes the words of a command. */
const helpLines = (lines: string[], separator: string): string[] =>
  separator === ' '
    ? lines.filter((line) => /^C\t(?!help\t)/.test(line)).map((line) => line.replace(/^C\t/, 'C\thelp '))
    : []

function argumentLines(command: KnownCommand, path: string): string[] {
  const args = Object.values(command.args)
  // As in `exec -- COMMAND`: the words are not ours, and most that are long are files.
  if (args.length === 0 && command.strict === false) return [['A', path, '*', 'file'].join('\t')]
  const shown = args.filter(({hidden}) => !hidden)
  return shown.map((arg, index) => {
    const place = (command.strict === false || arg.multiple) && index === shown.length - 1 ? '*' : index
    return ['A', path, place, kindOf(arg, declaredKind(command, 'args', arg.name))].join('\t')
  })
}

function flagLines(command: KnownCommand, path: string, config: Config): string[] {
  return Object.values(command.flags)
    .filter(({hidden}) => !hidden)
    .flatMap((flag) => {
      const {name, char, aliases = [], charAliases = []} = flag
      const isBoolean = flag.type === 'boolean'
      const summary = describe(flag.summary ?? flag.description, config)
      const kind = isBoolean ? '-' : kindOf(flag, declaredKind(command, 'flags', name))
      const type = isBoolean ? 'b' : flag.multiple ? 'm' : 'v'
      const spelled = [
        ...[name, ...aliases].map(spell),
        ...[char ?? [], charAliases].flat().map((letter) => `-${letter}`),
      ]
      const lines = spelled.map((each) => ['F', path, each, name, type, kind, summary])
      if (isBoolean && flag.allowNo)
        lines.push(['F', path, `--no-${name}`, name, 'b', '-', summary && `Not: ${summary}`])
      return lines.filter(([, , each]) => FIT_FLAG.test(each ?? '')).map((line) => line.join('\t'))
    })
}

const spell = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`)

const declaredKind = (command: KnownCommand, what: 'args' | 'flags', name: string): unknown =>
  command.completion?.[what]?.[name] ?? command.baseCompletion?.[what]?.[name]

function kindOf({name, options = []}: Option, declared: unknown): string {
  if (typeof declared === 'string' && FIT_KIND.test(declared)) return declared
  const choices = options.filter((option) => isFitValue(option) && !option.includes('|'))
  if (choices.length > 0) return `=${choices.join('|')}`
  if (/(?:^|[-_])(?:dir|directory|folder)$/.test(name)) return 'dir'
  return /(?:^|[-_])(?:file|path)$/.test(name) ? 'file' : '-'
}

/** A summary is a template that may run anything of the host: only the name of the host is put in, the rest is left out. */
const describe = (text: unknown, {bin, topicSeparator}: Config): string =>
  fitDescription(
    typeof text === 'string'
      ? text
          .replaceAll(/<%=\s*config\.bin\s*%>/g, bin)
          .replaceAll(/<%=\s*config\.topicSeparator\s*%>/g, topicSeparator)
          .replaceAll(/<%[^]*?%>/g, '…')
      : '',
  )

/** The lists of values that the lines refer to. */
export const kindsIn = (lines: readonly string[]): string[] => [
  ...new Set(
    lines
      .flatMap((line) => {
        const [letter, , , argKind, , flagKind] = line.split('\t')
        return letter === 'A' ? [argKind] : letter === 'F' ? [flagKind] : []
      })
      .filter(
        (kind): kind is string => kind !== undefined && FIT_KIND.test(kind) && !['-', 'file', 'dir'].includes(kind),
      ),
  ),
]

/** The name of a file on every system, and nothing that a pattern of a shell would take for more than itself. */
export const FIT_KIND = /^(?:-|[a-z][\da-z-]{0,63})$/
const FIT_ID = /^[\w@.-]+(?::[\w@.-]+)*$/
const FIT_FLAG = /^--?[\dA-Za-z][\w.-]*$/
