import {createRequire} from 'node:module'

import {type IPty, spawn} from '@lydell/node-pty'
import type {Terminal} from '@xterm/headless'

// A CommonJS bundle: its names cannot be imported by Node itself, and its default export not under tsx.
const xterm = createRequire(import.meta.url)('@xterm/headless') as typeof import('@xterm/headless')

/** A command running in a pseudo-terminal, with a screen that can be read. */
export interface TestTerminal {
  readonly pid: number
  /** What the person types; `press` names the keys that are not characters. */
  write(text: string): void
  press(key: KeyName): void
  resize(columns: number, rows: number): void
  /** The visible lines, without the space to the right of them and the empty lines below. */
  screen(): string
  /** Every byte the command wrote so far, escape sequences included. */
  text(): string
  /** Whether the cursor is shown, by the last word the command said about it. */
  isCursorVisible(): boolean
  /** Waits until the screen shows this; otherwise throws with the screen in the message. */
  waitFor(shown: string | RegExp, timeout?: number): Promise<string>
  /** Settles once everything the command wrote is on the screen as well. */
  readonly exit: Promise<TerminalExit>
  /** As `exit`, but throws with the screen in the message when the command is still running after `timeout`. */
  waitForExit(timeout?: number): Promise<TerminalExit>
  /** Ends the command and everything it started in this terminal. */
  kill(): void
}

export interface TerminalExit {
  exitCode: number
  signal: number | undefined
}

export interface TerminalOptions {
  /** The whole environment of the command, apart from TERM. */
  env?: NodeJS.ProcessEnv
  /** TERM. */
  name?: string
  cwd?: string
  columns?: number
  rows?: number
}

const KEYS = {
  enter: '\r',
  escape: '\u001B',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  pageup: '\u001B[5~',
  pagedown: '\u001B[6~',
  delete: '\u001B[3~',
  backspace: '\u007F',
  tab: '\t',
  'ctrl-c': '\u0003',
  'ctrl-d': '\u0004',
  'ctrl-u': '\u0015',
}

export type KeyName = keyof typeof KEYS

/** Starts a command in a pseudo-terminal of its own. Close it with `closeTerminals()` after each test. */
export function openTerminal(command: string, args: string[] = [], options: TerminalOptions = {}): TestTerminal {
  const {env = process.env, name = 'xterm-256color', cwd = process.cwd(), columns = 80, rows = 24} = options
  const screen = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  const pty = spawn(command, args, {name, cols: columns, rows, cwd, env})
  const onDrawn = new Set<() => void>()
  let raw = ''
  let hasExited = false
  let isReported = false

  const drawn = (): void => onDrawn.forEach((listener) => listener())
  pty.onData((data) => {
    raw += data
    if (!isReported && raw.endsWith(END_OF_REPORT)) {
      isReported = true
      pty.write('\n')
    }
    screen.write(data, drawn)
  })
  // Answers to what a command asks its terminal, such as where the cursor is.
  screen.onData((reply) => terminal.write(reply))

  const exit = new Promise<TerminalExit>((resolve) => {
    pty.onExit(({exitCode, signal}) => {
      hasExited = true
      running.delete(terminal)
      screen.write('', () => {
        drawn()
        resolve({exitCode, signal})
      })
    })
  })

  const terminal: TestTerminal = {
    pid: pty.pid,
    exit,

    write(text) {
      if (!hasExited) pty.write(text)
    },
    press: (key) => terminal.write(KEYS[key]),
    resize(columns, rows) {
      screen.resize(columns, rows)
      pty.resize(columns, rows)
    },

    screen: () => visibleLines(screen),
    text: () => raw,
    isCursorVisible: () => raw.lastIndexOf('\u001B[?25l') <= raw.lastIndexOf('\u001B[?25h'),

    waitFor: (shown, timeout = 10_000) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: () => void): void => {
          clearTimeout(timer)
          onDrawn.delete(look)
          outcome()
        }
        const fail = (why: string): void =>
          settle(() => reject(new Error(`${why} ${String(shown)}. The screen:\n${visibleLines(screen)}`)))
        const look = (): void => {
          const lines = visibleLines(screen)
          if (typeof shown === 'string' ? lines.includes(shown) : shown.test(lines)) settle(() => resolve(lines))
        }
        const timer = setTimeout(() => fail(`Within ${timeout} ms the terminal did not show`), timeout)
        onDrawn.add(look)
        look()
        void exit.then(() => fail('The command ended without showing'))
      }),

    waitForExit: (timeout = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`Still running after ${timeout} ms. The screen:\n${visibleLines(screen)}`)),
          timeout,
        )
        void exit.then((result) => {
          clearTimeout(timer)
          resolve(result)
        })
      }),

    kill: () => kill(pty, hasExited),
  }
  running.add(terminal)
  return terminal
}

/** Ends every terminal that is still open, and waits until they are gone. */
export async function closeTerminals(): Promise<void> {
  const open = [...running]
  for (const terminal of open) terminal.kill()
  await Promise.all(open.map((terminal) => terminal.exit))
}

/**
 * The arguments of `openTerminal` for a command after which the shell tells how it left the terminal. The way to run a
 * command whose last words matter, too: they can be lost when a busy machine closes a terminal as soon as its command
 * ends, so the shell holds it open until they were read.
 */
export const reportingShell = (command: string, args: string[]): [string, string[]] => [
  'sh',
  // The trap lets the shell outlive a Ctrl-C that ends the command.
  [
    '-c',
    `trap : INT; "$@"; printf '\\n[exit %s]\\n' $?; stty -a; printf '\\033]0;end\\007'; read -r _`,
    'sh',
    command,
    ...args,
  ],
]

const END_OF_REPORT = '\u001B]0;end\u0007'

export interface TerminalReport {
  exitCode: number
  /** Lines are edited by the terminal (`icanon`) and typing is shown (`echo`): not so in raw mode. */
  isCanonical: boolean
  isEchoing: boolean
  isCursorVisible: boolean
}

/** What `reportingShell` told. */
export async function terminalReport(terminal: TestTerminal, timeout?: number): Promise<TerminalReport> {
  await terminal.waitForExit(timeout)
  const [, exitCode, modes] = /\[exit (\d+)\]([^]*)$/.exec(terminal.text().split(END_OF_REPORT, 1)[0] ?? '') ?? []
  if (modes === undefined) throw new Error(`The shell told nothing. The screen:\n${terminal.screen()}`)
  const words = modes.split(/[\s;]+/)
  return {
    exitCode: Number(exitCode),
    isCanonical: words.includes('icanon'),
    isEchoing: words.includes('echo'),
    isCursorVisible: terminal.isCursorVisible(),
  }
}

const running = new Set<TestTerminal>()
process.once('exit', () => running.forEach((terminal) => terminal.kill()))

function kill(pty: IPty, hasExited: boolean): void {
  if (hasExited) return
  try {
    // The command leads a session, hence a process group, of its own.
    if (process.platform === 'win32') pty.kill()
    else process.kill(-pty.pid, 'SIGKILL')
  } catch {
    // It went by itself in the meantime.
  }
}

function visibleLines({buffer: {active}, rows}: Terminal): string {
  const lines = Array.from({length: rows}, (_, row) => active.getLine(active.viewportY + row)?.translateToString(true))
  return lines
    .map((line) => line?.trimEnd() ?? '')
    .join('\n')
    .trimEnd()
}
