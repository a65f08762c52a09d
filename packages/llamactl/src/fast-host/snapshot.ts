import type {Interfaces} from '@oclif/core'

/** What oclif would read of a core plugin on each run, read when the bundle was built. */
export interface Snapshot {
  pjson: Interfaces.PJSON
}

/** By name of the package. Of its commands, what `DETAILS` names is in a file of its own, under the key that is in `details`. */
export type Manifests = Record<string, Interfaces.Manifest>

/** Modules of a plugin that are in the bundle, by their path in it, evaluated when they are asked for. */
export type BundledModules = Record<string, () => Record<string, unknown>>
