/** What decides what this machine can offer to a person who logs in. */
export interface Desktop {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  /** Whether something is at that path. Nothing is, unless given. */
  pathExists?: (path: string) => boolean
}

export const isOverSsh = ({env}: Desktop): boolean => Boolean(env['SSH_CONNECTION'] || env['SSH_TTY'])

/** The desktop is the one of Windows. A container on it is not. */
export const isWsl = (desktop: Desktop): boolean =>
  desktop.platform === 'linux' &&
  !isContainer(desktop) &&
  Boolean(desktop.env['WSL_DISTRO_NAME'] || desktop.pathExists?.('/proc/sys/fs/binfmt_misc/WSLInterop'))

/** Docker, Podman, systemd-nspawn and LXC, development containers. */
export const isContainer = ({platform, env, pathExists}: Desktop): boolean =>
  platform === 'linux' &&
  Boolean(
    env['container'] ||
    env['REMOTE_CONTAINERS'] ||
    ['/.dockerenv', '/run/.containerenv'].some((path) => pathExists?.(path)),
  )

/**
 * Why no browser is opened by itself, as the end of a sentence; undefined where one can be expected. A development container
 * or Codespaces sets `BROWSER` to a command that opens the page where the person is.
 */
export function whyNoBrowser(desktop: Desktop): string | undefined {
  const {platform, env} = desktop
  if (env['BROWSER'] === 'none') return 'BROWSER is none'
  if (env['CI']) return 'this is CI'
  if (env['BROWSER']) return undefined
  if (isOverSsh(desktop)) return 'this is an SSH session'
  if (isContainer(desktop)) return 'this is a container'
  if (platform === 'darwin' || platform === 'win32' || isWsl(desktop)) return undefined
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? undefined : 'there is no display'
}
