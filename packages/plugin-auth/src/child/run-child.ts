import {platform} from 'node:os'
import crossSpawn from 'cross-spawn'
import {AuthError} from '../errors.js'

/** How a child ended. */
export type ChildEnd = {exitCode: number} | {signal: NodeJS.Signals}

export interface ChildOptions {
  env: NodeJS.ProcessEnv
  /** Whether a terminal is in front: then its Ctrl-C and Ctrl-\ reach the child without us. */
  hasTerminal: boolean
  signals: Pick<NodeJS.Process, 'on' | 'off'>
}

/**
 * Runs a command with our own streams, as a shell would: never through one, with what only it may know in its environment
 * alone. Signals are its business while it runs. Rejects with exit code 127 or 126 where it cannot be started.
 */
export function runChild(command: string, args: string[], options: ChildOptions): Promise<ChildEnd> {
  return new Promise<ChildEnd>((resolve, reject) => {
    let child: ReturnType<typeof crossSpawn> | undefined
    const pass = (signal: NodeJS.Signals): void => {
      if (options.hasTerminal && FROM_TERMINAL.includes(signal)) return
      child?.kill(signal)
    }
    for (const signal of PASSED) options.signals.on(signal, pass)
    const stop = (): void => {
      for (const signal of PASSED) options.signals.off(signal, pass)
    }

    try {
      // Not `spawn` itself, which on Windows starts no .cmd, as npm and its kin are.
      child = crossSpawn(command, args, {stdio: 'inherit', env: options.env})
    } catch (error) {
      stop()
      reject(notStarted(command, error))
      return
    }

    child.once('error', (error) => {
      stop()
      reject(notStarted(command, error))
    })
    child.once('exit', (exitCode, signal) => {
      stop()
      resolve(signal ? {signal} : {exitCode: exitCode ?? 1})
    })
  })
}

const FROM_TERMINAL: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
const PASSED: NodeJS.Signals[] =
  platform() === 'win32'
    ? ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP']
    : [...FROM_TERMINAL, 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']

function notStarted(command: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const name = JSON.stringify(command)
  if (code === 'ENOENT') {
    return new AuthError('COMMAND_NOT_FOUND', `There is no command ${name}.`, ['Check its spelling and PATH.'])
  }

  if (typeof code !== 'string') return error
  return new AuthError('COMMAND_NOT_STARTED', `${name} cannot be run: the system answered ${code}.`, [
    'Check that it is a program, and that you may run it.',
  ])
}
