import {AuthError} from './errors.js'

/** What Ctrl-C, SIGTERM and a hang-up mean to a command. */
export interface Cancellation {
  /** Aborts with an `AuthError` `CANCELLED`. */
  readonly signal: AbortSignal
  /**
   * Work that must come to a clean end: a signal waits until `checkpoint` is called, which then throws `CANCELLED` so that
   * the work can undo itself with everything still usable.
   */
  uninterrupted<T>(work: (checkpoint: () => void) => Promise<T>): Promise<T>
  stop(): void
}

export function createCancellation(): Cancellation {
  // To make one takes a millisecond, and a command that asks nobody needs none.
  let made: AbortController | undefined
  const controller = (): AbortController => (made ??= new AbortController())
  let uninterrupted = 0
  let pending: AuthError | undefined

  const receive = (name: NodeJS.Signals): void => {
    if (controller().signal.aborted && uninterrupted === 0) process.exit(EXIT_CODES[name] ?? 1)
    pending ??= cancelled(EXIT_CODES[name])
    if (uninterrupted === 0) controller().abort(pending)
  }

  for (const name of SIGNALS) process.on(name, receive)

  return {
    get signal() {
      return controller().signal
    },

    async uninterrupted(work) {
      controller().signal.throwIfAborted()
      uninterrupted++
      try {
        return await work(() => {
          if (pending) throw pending
        })
      } finally {
        uninterrupted--
        if (pending && uninterrupted === 0) controller().abort(pending)
      }
    },

    stop() {
      for (const name of SIGNALS) process.off(name, receive)
    },
  }
}

/** 128 and the number of the signal, as a shell reports them. */
const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129}
const SIGNALS = Object.keys(EXIT_CODES) as NodeJS.Signals[]

function cancelled(exitCode?: number): AuthError {
  const error = new AuthError('CANCELLED', 'Cancelled.')
  return exitCode === undefined ? error : Object.assign(error, {exitCode, oclif: {exit: exitCode}})
}
