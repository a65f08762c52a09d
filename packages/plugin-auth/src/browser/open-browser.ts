import {spawn} from 'node:child_process'
import {type Desktop, isWsl, whyNoBrowser} from './surroundings.js'

/**
 * The command that opens a URL, as arguments and never as a line for a shell: a URL that a server sent must stay one
 * argument, whatever characters are in it. Undefined where no browser can be expected on this machine.
 */
export function browserCommand(url: URL, desktop: Desktop): [string, ...string[]] | undefined {
  const {platform, env} = desktop
  if (whyNoBrowser(desktop) !== undefined) return undefined
  if (env['BROWSER']) {
    // A list, as PATH is one: a colon is part of a path on Windows.
    const [first = ''] = env['BROWSER'].split(platform === 'win32' ? ';' : ':')
    const [command, ...args] = first.split(' ').filter(Boolean)
    if (!command) return undefined
    return args.some((arg) => arg.includes('%s'))
      ? [command, ...args.map((arg) => arg.replaceAll('%s', () => url.href))]
      : [command, ...args, url.href]
  }

  if (platform === 'darwin') return ['open', url.href]
  // Not `cmd /c start`: cmd.exe gives & ^ % in a URL a meaning.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url.href]
  return [isWsl(desktop) ? 'wslview' : 'xdg-open', url.href]
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
