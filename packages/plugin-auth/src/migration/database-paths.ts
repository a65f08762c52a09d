import {posix, win32} from 'node:path'

/**
 * Where the Python llamactl keeps its database, in the order in which it is looked for. Before its version 0.7.0 it did
 * not know `XDG_CONFIG_HOME`, so that both places are looked at.
 */
export function databasePaths({
  env,
  home,
  platform,
}: {
  env: NodeJS.ProcessEnv
  home: string
  platform: NodeJS.Platform
}): string[] {
  const {isAbsolute, join} = platform === 'win32' ? win32 : posix
  const override = env['LLAMACTL_CONFIG_DIR']
  if (override)
    return [
      join(
        override.replace(platform === 'win32' ? /^~(?=[\\/]|$)/ : /^~(?=\/|$)/, () => home),
        NAME,
      ),
    ]
  if (platform === 'win32') return [join(env['APPDATA'] || home, 'llamactl', NAME)]
  const xdg = env['XDG_CONFIG_HOME']
  const folders = [...(xdg && isAbsolute(xdg) ? [xdg] : []), join(home, '.config')]
  return [...new Set(folders.map((folder) => join(folder, 'llamactl', NAME)))]
}

const NAME = 'profiles.db'
