import type {Command, Interfaces} from '@oclif/core'

/** What oclif would read of a core plugin on each run, read when the bundle was built. */
export interface Snapshot {
  pjson: Interfaces.PJSON
  /** Its commands without their `DETAILS`, which are in `commands.json` beside the bundle. */
  manifest: Interfaces.Manifest
}

/** What of a command is asked for by its own help and by completion, and is most of the manifest. */
export const DETAILS = ['args', 'description', 'examples', 'flags'] as const

/** By name of the plugin and id of the command. */
export type Details = Record<string, Record<string, Pick<Command.Cached, (typeof DETAILS)[number]>>>

/** Modules of a plugin that are in the bundle, by their path in it, evaluated when they are asked for. */
export type BundledModules = Record<string, () => Record<string, unknown>>
