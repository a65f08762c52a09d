import {spawn} from 'node:child_process'

/** What decides whether there is a browser to open, and which. */
export interface Desktop {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
}

/**
 * The command that opens a URL, as arguments and never as a line for a shell: a URL that a server sent must stay one
 * argument, whatever characters are in it. Undefined where no browser can be expected on this machine: over SSH, in CI,
 * without a display, or with `BROWSER=none`.
 */
export function browserCommand(url: URL, {platform, env}: Desktop): [string, ...string[]] | undefined {
  if (env['BROWSER'] === 'none' || env['CI']) return undefined
  if (env['BROWSER']) {
    // A list, as PATH is one: a colon is part of a path on Windows.
    const [first = ''] = env['BROWSER'].split(platform === 'win32' ? ';' : ':')
    const [command, ...args] = first.split(' ').filter(Boolean)
    if (!command) return undefined
    return args.some((arg) => arg.includes('%s'))
      ? [command, ...args.map((arg) => arg.replaceAll('%s', () => url.href))]
      : [command, ...args, url.href]
  }

  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return undefined
  if (platform === 'darwin') return ['open', url.href]
  // Not `cmd /c start`: cmd.exe gives & ^ % in a URL a meaning.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url.href]
  if (env['WSL_DISTRO_NAME']) return ['wslview', url.href]
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', url.href] : undefined
}

/** Resolves to whether the command could be started. It is left to itself: a browser outlives the login. */
export function openBrowser(url: URL, desktop: Desktop): Promise<boolean> {
  const [command, ...args] = browserCommand(url, desktop) ?? []
  if (!command) return Promise.resolve(false)
  return new Promise<boolean>((resolve) => {
    const browser = spawn(command, args, {stdio: 'ignore', detached: true, windowsHide: true})
    browser.once('error', () => resolve(false))
    browser.once('spawn', () => {
      browser.unref()
      resolve(true)
    })
    // Some errors of the system, such as ENOTDIR, are thrown by `spawn` and not emitted.
  }).catch(() => false)
}
