/** How long to wait between two polls, in seconds (RFC 8628 §3.5). */
export interface PollPace {
  /** What the server allows. Only ever grows. */
  readonly interval: number
  /** What it takes beyond that after failures or a `Retry-After`; 0 when all is well. */
  readonly backoff: number
}

export const delayOf = ({interval, backoff}: PollPace): number => Math.max(interval, backoff)

export const afterPending = ({interval}: PollPace, retryAfter = 0): PollPace => ({
  interval,
  backoff: Math.min(retryAfter, LONGEST_RETRY_AFTER),
})

/** "the interval MUST be increased by 5 seconds for this and all subsequent requests" */
export const afterSlowDown = ({interval}: PollPace, retryAfter = 0): PollPace => ({
  interval: interval + 5,
  backoff: Math.min(retryAfter, LONGEST_RETRY_AFTER),
})

/** After a time-out a client "MUST unilaterally reduce its polling frequency"; the advice is to double the wait. */
export const afterFailure = (pace: PollPace, retryAfter = 0): PollPace => ({
  interval: pace.interval,
  backoff: Math.max(Math.min(delayOf(pace) * 2, LONGEST_BACKOFF), Math.min(retryAfter, LONGEST_RETRY_AFTER)),
})

const LONGEST_BACKOFF = 60
const LONGEST_RETRY_AFTER = 300
