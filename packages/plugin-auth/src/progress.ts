import {ux} from '@oclif/core'
import {minutesAndSeconds} from './output/duration.js'

/** What a command waits for, said on standard error. */
export interface Progress {
  /** Shown behind it, on a terminal. */
  update(status: string): void
  stop(): void
}

/** oclif's spinner on a terminal; one plain line anywhere else, where a redrawn one would only pile up. */
export function startProgress(what: string, status?: string): Progress {
  // oclif's spinner takes every terminal for at least 40 columns wide, and a narrower one would scroll with each frame.
  if (ux.action.type !== 'spinner' || (process.stderr.columns ?? 80) < 40) {
    process.stderr.write(`${what} …\n`)
    return {update: () => undefined, stop: () => undefined}
  }

  ux.action.start(what, status)
  return {
    update(text) {
      ux.action.status = text
    },
    stop: () => ux.action.stop(''),
  }
}

/** As `startProgress`, with the time that is left. */
export function startCountdown(what: string, seconds: number): Pick<Progress, 'stop'> {
  const started = performance.now()
  const left = (): string => `${minutesAndSeconds(Math.max(0, seconds - (performance.now() - started) / 1000))} left`
  const progress = startProgress(what, left())
  const timer = setInterval(() => progress.update(left()), 1000)
  return {
    stop() {
      clearInterval(timer)
      progress.stop()
    },
  }
}

/** Says what is waited for once it takes longer than half a second. */
export async function withProgress<R>(what: string, work: Promise<R>): Promise<R> {
  let progress: Progress | undefined
  const timer = setTimeout(() => {
    progress = startProgress(what)
  }, 500)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    progress?.stop()
  }
}
