import type {Interfaces} from '@oclif/core'
import {Plugin} from '@oclif/core/config'
import {snapshots} from '#bundle/contents'
import {hostRoot} from './located.js'
import {SnapshotPlugin} from './snapshot-plugin.js'

/** Stands in for `new Plugin(…)` in oclif's loader. What somebody installed or linked is read from the disk as ever. */
export function createPlugin(options: Interfaces.PluginOptions): Plugin {
  const isHere = options.root === hostRoot && (options.isRoot || options.type === 'core')
  const snapshot = isHere ? snapshots[options.isRoot ? 'llamactl' : (options.name ?? '')] : undefined
  return snapshot ? new SnapshotPlugin(options, snapshot) : new Plugin(options)
}
