import {homedir} from 'node:os'
import {join} from 'node:path'

/** As oclif's `config.cacheDir` and `config.dataDir`, before there is a config. */
export function folderFor(kind: 'cache' | 'data'): string {
  const {env, platform} = process
  const named = env[`LLAMACTL_${kind.toUpperCase()}_DIR`]
  if (named) return named
  const home = env['HOME'] || homedir()
  if (kind === 'cache' && platform === 'darwin') return join(home, 'Library', 'Caches', 'llamactl')
  const base = env[`XDG_${kind.toUpperCase()}_HOME`] || (platform === 'win32' && env['LOCALAPPDATA'])
  return join(base || join(home, kind === 'data' ? '.local/share' : '.cache'), 'llamactl')
}
