import type {Hook} from '@oclif/core'
import type {Config} from '@oclif/core/interfaces'
import {isInUse} from '../index-files/index-folder.js'

/**
 * After every command that succeeded: what it changed is in the index before somebody presses TAB. Where nothing changed this is a
 * few looks at the disk, and where nobody uses completion one.
 */
const afterCommand: Hook.Postrun = async function ({config, Command, argv}) {
  try {
    if (isInUse(config)) await refreshStale(config)
    else if ((Command as {completion?: {suggestsInstalling?: boolean}}).completion?.suggestsInstalling) {
      const {suggestInstalling} = await import('./suggest-installing.js')
      suggestInstalling(config, argv)
    }
  } catch {
    // The next TAB finds the index stale, and asks for it.
  }
}

export default afterCommand

async function refreshStale(config: Config): Promise<void> {
  const {refreshIndex, refreshValues, staleFiles} = await import('../index-files/refresh-index.js')
  const {commands, kinds} = staleFiles(config)
  if (commands) {
    const now = await configNow(config)
    await refreshIndex(now)
    const {renewAll} = await import('../installation/install.js')
    renewAll(now)
  } else if (kinds.length > 0) await refreshValues(config, kinds)
}

/**
 * The command may have installed, upgraded or removed a plugin. A plugin that changes the configuration before each command, by the
 * hook `init`, does the same to this one by `completion:config`.
 */
async function configNow({root}: Config): Promise<Config> {
  const {Config} = await import('@oclif/core')
  const config = await Config.load({root})
  await config.runHook('completion:config', {}, undefined, true)
  return config
}
