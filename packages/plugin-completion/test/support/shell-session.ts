import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {type IPty, spawn} from '@lydell/node-pty'

/** An interactive shell in a pseudo-terminal, driven by keys as a person drives it. */
export interface ShellSession {
  /** Types this and presses TAB; resolves to what then stands on the line, and to what was offered. */
  tab(typed: string): Promise<{line: string; offers: string[]}>
  /** Types this, presses TAB, and then Ctrl-C before TAB has answered. */
  tabAndCancel(typed: string): Promise<void>
  /** Presses Enter; resolves to the arguments that the CLI then got, or to undefined when it was not started. */
  enter(): Promise<string[] | undefined>
  /** Runs a command of the shell. */
  run(command: string): Promise<void>
  /** Empties the line. */
  clear(): Promise<void>
  /** Everything that was written to the terminal since the last call. */
  screen(): string
  close(): void
}

export type DrivenShell = 'bash' | 'zsh' | 'fish'

interface SessionOptions {
  shell: DrivenShell
  /** What the person has in the file that the shell reads at its start. */
  rc?: string
  env?: Record<string, string>
  cwd?: string
  /** The home of somebody, who has this rc file already; absent: one for this session. */
  home?: string
  /** A program that starts the shell. */
  through?: string[]
  /** Names of the CLI, which is a function that tells what it was given. */
  bins?: string[]
}

/** Around what the shell tells us, apart from what it draws. */
const [BEGIN, END, PROMPT] = ['\u001E', '\u001F', '\u001D']
const DUMP = '\u0018\u0002'
const KILL = '\u0018\u000B'
const LOOK = '\u0018\u000C'

const tells = (name: string, shell: DrivenShell): string =>
  shell === 'fish'
    ? `function ${name}; printf '\\x1eA'; printf '%s\\x1c' $argv; printf '\\x1f'; end`
    : `${name}() { printf '\\036A'; printf '%s\\034' "$@"; printf '\\037'; }`

const settings = (shell: DrivenShell): string =>
  readFileSync(new URL(`rc/${{bash: 'bash.sh', zsh: 'zsh.zsh', fish: 'fish.fish'}[shell]}`, import.meta.url), 'utf8')

/** The file that an interactive shell reads, in a home without variables that say otherwise. */
export const RC_FILES: Record<DrivenShell, string> = {bash: '.bashrc', zsh: '.zshrc', fish: '.config/fish/config.fish'}

/** What the shell has to have in it so that it can be driven. */
export function writeRcFile(shell: DrivenShell, home: string, rc: string, bins: string[]): void {
  // fish would read all manual pages at its first start.
  for (const folder of ['.config/fish', '.local/share/fish/generated_completions']) {
    mkdirSync(join(home, folder), {recursive: true})
  }

  writeFileSync(join(home, RC_FILES[shell]), [rc, ...bins.map((bin) => tells(bin, shell)), settings(shell)].join('\n'))
}

export async function openSession({
  shell,
  rc = '',
  env = {},
  bins = ['llamactl'],
  ...given
}: SessionOptions): Promise<ShellSession> {
  const home = given.home ?? mkdtempSync(join(tmpdir(), 'completion-shell-'))
  if (given.home === undefined) writeRcFile(shell, home, rc, bins)
  const args = {bash: ['-i'], zsh: ['-d', '-i'], fish: ['-i', '--private']}
  const [program = '', ...rest] = [...(given.through ?? []), shell, ...args[shell]]
  const pty = spawn(program, rest, {
    name: shell === 'bash' ? 'dumb' : 'xterm-256color',
    cols: 400,
    rows: 60,
    cwd: given.cwd ?? home,
    env: {PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', ...env},
  })
  const {expectText, text} = follow(pty, `${shell} ${home}`)
  await expectText(new RegExp(PROMPT))

  async function dump(keys: string): Promise<{line: string; offers: string[]}> {
    const told = expectText(new RegExp(`${BEGIN}L([^${END}]*)${END}`))
    pty.write(keys + DUMP)
    const [line = '', ...offers] = ((await told)[1] ?? '').split('\u001C').slice(0, -1)
    return {line, offers: offers.filter(Boolean)}
  }

  return {
    screen: text,
    tab: (typed) => dump(`${typed}${shell === 'fish' ? LOOK : ''}\t`),

    async tabAndCancel(typed) {
      pty.write(`${typed}\t`)
      await pause(500)
      pty.write('\u0003')
      await pause(200)
      pty.write(KILL)
    },

    async enter() {
      // The line may be drawn once more before; the prompt after it means that keys are read again.
      const told = expectText(new RegExp(`${BEGIN}A([^${END}]*)${END}[^]*${PROMPT}`), 3000)
      pty.write('\r')
      return (await told.catch(() => undefined))?.[1]?.split('\u001C').slice(0, -1)
    },

    async run(command) {
      const told = expectText(new RegExp(`${BEGIN}R${END}[^]*${PROMPT}`))
      pty.write(`${command}; printf '\\036R\\037'\r`)
      await told
    },

    async clear() {
      for (let i = 0; i < 5 && (await dump(KILL)).line !== ''; i += 1);
    },

    close() {
      pty.kill('SIGKILL')
      if (given.home === undefined) rmSync(home, {recursive: true, force: true, maxRetries: 5})
    },
  }
}

/** Reads what the terminal gets. `text` hands it out, `expectText` waits for what comes from now on. */
function follow(pty: IPty, what: string) {
  let seen = ''
  let taken = 0
  const listeners = new Set<() => void>()
  pty.onData((data) => {
    // fish 4 asks its terminal who it is.
    if (data.includes('\u001B[c') || data.includes('\u001B[0c')) pty.write('\u001B[?62;c')
    seen += data
    for (const listener of [...listeners]) listener()
  })

  return {
    text(): string {
      const fresh = seen.slice(taken)
      taken = seen.length
      return fresh
    },

    expectText: (pattern: RegExp, timeout = 20_000): Promise<RegExpExecArray> => {
      const from = seen.length
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look)
          reject(new Error(`${what} did not write ${pattern}, but ${JSON.stringify(seen.slice(from))}`))
        }, timeout)
        const look = (): void => {
          const match = pattern.exec(seen.slice(from))
          if (!match) return
          clearTimeout(timer)
          listeners.delete(look)
          resolve(match)
        }

        listeners.add(look)
        look()
      })
    },
  }
}
