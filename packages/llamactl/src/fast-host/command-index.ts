import type {Command, Config} from '@oclif/core'
import {isLate, late} from './late.js'
import {SnapshotPlugin} from './snapshot-plugin.js'

/** Where oclif's `Config` keeps what it knows of all commands. */
const FIELDS = ['_commands', '_topics', 'commandPermutations', 'topicPermutations'] as const

/**
 * Stands around the loop in which oclif lists every command of every plugin by all of its names. A line that begins with the
 * whole name of a command needs none of that; whoever asks for more sets the loop going. Plugins that somebody added may have
 * commands of the same names: with them the loop runs at once.
 */
export function indexLate(config: Config, index: () => void): void {
  if (![...config.plugins.values()].every((plugin) => plugin instanceof SnapshotPlugin)) return index()
  const fields = config as unknown as Record<(typeof FIELDS)[number], unknown>
  const empty = FIELDS.map((key) => [key, fields[key]] as const)
  for (const key of FIELDS) {
    late(fields, key, () => {
      for (const [each, map] of empty) fields[each] = map
      index()
      return fields[key]
    })
  }
}

/** The command of that name, without the index. */
export function commandOf(config: Config, id: string): Command.Loadable | undefined {
  if (!isLate(config, '_commands')) return undefined
  for (const plugin of config.plugins.values()) {
    const command = (plugin as SnapshotPlugin).commandOf(id)
    if (command) return command
  }
  return undefined
}

/** What oclif's `normalizeArgv` makes of a line that is the name of a command, and flags. */
export function normalizedArgv(config: Config, argv: readonly string[]): string[] | undefined {
  const end = argv.findIndex((arg) => arg.startsWith('-'))
  const words = end === -1 ? argv : argv.slice(0, end)
  const id = words.join(':')
  return words.some((word) => word.includes(':')) || !commandOf(config, id)
    ? undefined
    : [id, ...argv.slice(words.length)]
}
