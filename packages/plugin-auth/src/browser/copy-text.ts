import {spawn} from 'node:child_process'
import {type Desktop, isContainer, isOverSsh, isWsl} from './surroundings.js'

/** `sent`: the terminal was asked to copy it, and does not tell whether it did. */
export type CopyOutcome = 'copied' | 'sent'

/** Commands that put their standard input into the clipboard in front of the person, to be tried in this order. */
export function clipboardCommands(desktop: Desktop): [string, ...string[]][] {
  const {platform, env} = desktop
  if (isOverSsh(desktop) || isContainer(desktop)) return []
  if (platform === 'darwin') return [['pbcopy']]
  if (platform === 'win32') return [['clip']]
  return [
    ...(isWsl(desktop) ? [['clip.exe'] as [string]] : []),
    ...(env['WAYLAND_DISPLAY'] ? [['wl-copy'] as [string]] : []),
    ...(env['DISPLAY']
      ? ([
          ['xclip', '-selection', 'clipboard'],
          ['xsel', '--clipboard', '--input'],
        ] as [string, ...string[]][])
      : []),
  ]
}

/**
 * Puts a short text into the clipboard: by a command of this machine, else by asking the terminal (OSC 52), which reaches the
 * person's own machine through SSH as well. Refuses what is not printable ASCII: somebody else chose the text, and a
 * clipboard is pasted into shells.
 */
export async function copyText(
  text: string,
  {write, ...desktop}: Desktop & {write(sequence: string): void},
): Promise<CopyOutcome | 'refused'> {
  if (!/^[ -~]{1,64}$/.test(text)) return 'refused'
  for (const command of clipboardCommands(desktop)) if (await feed(command, text)) return 'copied'
  write(osc52(text))
  return 'sent'
}

/** Base64 has no character that could end the sequence. */
export const osc52 = (text: string): string => `\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`

/** Whether the command took the text. xclip and wl-copy leave a child behind that serves it. */
function feed([command, ...args]: [string, ...string[]], text: string): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const child = spawn(command, args, {stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true, timeout: 3000})
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
    child.stdin.once('error', () => resolve(false))
    child.stdin.end(text)
    // Some errors of the system are thrown by `spawn` and not emitted.
  }).catch(() => false)
}
