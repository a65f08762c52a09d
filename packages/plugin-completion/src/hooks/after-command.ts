import type {Hook} from '@oclif/core'
import type {Config} from '@oclif/core/interfaces'
import {isInUse} from '../index-files/index-folder.js'

/**
 * After every command that succeeded: what it changed is in the index before somebody presses TAB. Where nothing changed, or nobody
 * uses completion, this is a few looks at the disk.
 */
const afterCommand: Hook.Postrun = async function ({config}) {
  try {
    if (!isInUse(config)) return
    const {refreshIndex, refreshValues, staleFiles} = await import('../index-files/refresh-index.js')
    const {commands, kinds} = staleFiles(config)
    if (commands) await refreshIndex(await configNow(config))
    else if (kinds.length > 0) await refreshValues(config, kinds)
  } catch {
    // The next TAB finds the index stale and asks for it.
  }
}

export default afterCommand

/** The command may have installed, upgraded or removed a plugin. */
async function configNow({root}: Config): Promise<Config> {
  const {Config} = await import('@oclif/core')
  return Config.load({root})
}
