import {ux} from '@oclif/core'
import {minutesAndSeconds, minutesOrSeconds, nextMilestone} from './output/duration.js'

/** What a command waits for, said on standard error. */
export interface Progress {
  /** One line that is drawn again and again. */
  readonly isRedrawn: boolean
  /** Shown behind it, where it is redrawn. */
  update(status: string): void
  stop(): void
}

/** A person asked for words alone: no redrawing, no spinner, no colours. */
export const isAccessible = (): boolean => !['', '0', undefined].includes(process.env['ACCESSIBLE'])

/** oclif's spinner on a terminal; one plain line anywhere else, where a redrawn one would only pile up. */
export function startProgress(what: string, status?: string): Progress {
  // oclif's spinner takes every terminal for at least 40 columns wide, and a narrower one would scroll with each frame.
  if (isAccessible() || ux.action.type !== 'spinner' || (process.stderr.columns ?? 80) < 40) {
    return startNotice(what)
  }

  ux.action.start(what, status)
  return {
    isRedrawn: true,
    update(text) {
      ux.action.status = text
    },
    stop: () => ux.action.stop(''),
  }
}

/** As `startProgress`, with the time that is left: redrawn on a terminal, else a line now and then. */
export function startCountdown(what: string, seconds: number): Pick<Progress, 'stop'> {
  const started = performance.now()
  const left = (): number => Math.max(0, seconds - (performance.now() - started) / 1000)
  const clock = (): string => `${minutesAndSeconds(left())} left`
  const progress = startProgress(what, clock())
  let timer: NodeJS.Timeout | undefined
  const tellNext = (): void => {
    const next = nextMilestone(Math.round(left()))
    if (next === undefined) return
    timer = setTimeout(
      () => {
        process.stderr.write(`${minutesOrSeconds(Math.round(left()))} left.\n`)
        tellNext()
      },
      (left() - next) * 1000,
    )
  }

  if (progress.isRedrawn) timer = setInterval(() => progress.update(clock()), 1000)
  else tellNext()
  return {
    stop() {
      clearTimeout(timer)
      progress.stop()
    },
  }
}

function startNotice(what: string): Progress {
  process.stderr.write(`${what} …\n`)
  return {isRedrawn: false, update: () => undefined, stop: () => undefined}
}

/** Says what is waited for once it takes longer than half a second. */
export const withProgress = <R>(what: string, work: Promise<R>): Promise<R> => saidLate(() => startProgress(what), work)

/** The same in a line that stays as it is: for work in which another program may ask something on this terminal. */
export const withNotice = <R>(what: string, work: Promise<R>): Promise<R> => saidLate(() => startNotice(what), work)

async function saidLate<R>(start: () => Progress, work: Promise<R>): Promise<R> {
  let progress: Progress | undefined
  const timer = setTimeout(() => {
    progress = start()
  }, 500)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    progress?.stop()
  }
}
