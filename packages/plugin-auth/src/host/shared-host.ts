import {join} from 'node:path'
import type {HostConfig} from './host-config.js'

/** The one host whose profiles another one may share: its name is that of its folders, its service and its variables. */
export const SHARED_HOST = 'llamactl'

/**
 * Its configuration folder, as oclif finds it there. Somebody who moved the folder of this host meant that very folder.
 */
export function sharedConfigFolder(config: HostConfig, env: NodeJS.ProcessEnv): string {
  if (config.scopedEnvVar('CONFIG_DIR')) return config.configDir
  const moved = env[`${SHARED_HOST.toUpperCase()}_CONFIG_DIR`]
  return moved || join(config.configDir.slice(0, -config.dirname.length), SHARED_HOST)
}
