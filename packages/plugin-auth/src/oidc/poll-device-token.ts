import {AuthError, suggest} from '../errors.js'
import {pause} from '../http/pause.js'
import type {DeviceAuthorization} from './authorize-device.js'
import type {Issuer, RequestOptions} from './issuer.js'
import {pollOnce, type PollOutcome} from './poll-once.js'
import {afterFailure, afterPending, afterSlowDown, delayOf, type PollPace} from './poll-pace.js'
import type {Tokens} from './request-tokens.js'

/** Sent after each poll that did not end the login. */
export interface PollEvent {
  type: 'pending' | 'slow_down' | 'retry'
  /** Until the code expires. */
  secondsLeft: number
  /** Until the next poll. */
  nextPollIn: number
  /** What the provider allows between two polls by now. */
  interval: number
  /** Why the last poll failed; with `retry` only. Fit to be shown. */
  reason?: string
}

/** What of a device authorization is needed to poll. */
export type PolledDeviceCode = Pick<DeviceAuthorization, 'device_code' | 'expires_in' | 'interval'>

export interface PollDeviceTokenOptions extends RequestOptions {
  /** Waited for; what it rejects with ends the polling. */
  onEvent?: (event: PollEvent) => unknown
  /** Seconds until the first poll, where polling goes on that another process began. The interval unless told otherwise. */
  firstPollIn?: number
  /** For tests; milliseconds that never run backwards. */
  clock?: () => number
  /** For tests; waits in milliseconds. */
  wait?: typeof pause
}

/**
 * Polls until the person has decided (RFC 8628 §3.4, §3.5) and always ends: with verified tokens, a refusal, or at the
 * deadline. The loop is our own because openid-client's gives up at the first 5xx, reset or page of HTML, needs up to
 * five seconds to notice an abort, and forgets `expires_in` once it is given a signal (all measured with 6.8.9).
 */
export async function pollDeviceToken(
  issuer: Issuer,
  {device_code: deviceCode, expires_in: expiresIn, interval}: PolledDeviceCode,
  {signal, onEvent, firstPollIn, clock = () => performance.now(), wait = pause}: PollDeviceTokenOptions = {},
): Promise<Tokens> {
  const deadline = clock() + expiresIn * 1000
  let pace: PollPace = {interval, backoff: 0}
  let delay = (firstPollIn ?? interval) * 1000
  let garbled = 0
  let failure: AuthError | undefined

  for (;;) {
    if (clock() + delay >= deadline) throw expired(failure)
    await wait(delay, signal)

    const outcome = await pollOnce(issuer, deviceCode, {signal})
    if (outcome.kind === 'tokens') return outcome.tokens
    if (outcome.kind === 'refused') throw refusal(outcome, failure)

    garbled = outcome.kind === 'garbled' ? garbled + 1 : 0
    failure = 'failure' in outcome ? outcome.failure : undefined
    if (failure && garbled > MOST_GARBLED) throw failure

    pace = nextPace(pace, outcome)
    delay = delayOf(pace) * 1000
    await onEvent?.({
      type: eventType(outcome.kind),
      secondsLeft: Math.max(0, Math.round((deadline - clock()) / 1000)),
      nextPollIn: delayOf(pace),
      interval: pace.interval,
      ...(failure && {reason: failure.message}),
    })
  }
}

/** Unintelligible answers in a row that are forgiven: a captive portal does not go away by asking. */
const MOST_GARBLED = 3

type Unfinished = Exclude<PollOutcome, {kind: 'tokens' | 'refused'}>

function nextPace(pace: PollPace, {kind, retryAfter}: Unfinished): PollPace {
  if (kind === 'pending') return afterPending(pace, retryAfter)
  if (kind === 'slow_down') return afterSlowDown(pace, retryAfter)
  return afterFailure(pace, retryAfter)
}

const eventType = (kind: Unfinished['kind']): PollEvent['type'] =>
  kind === 'pending' || kind === 'slow_down' ? kind : 'retry'

/** @param before why the poll before this one failed, if it did */
function refusal({error, failure}: Extract<PollOutcome, {kind: 'refused'}>, before?: AuthError): AuthError {
  if (error === 'access_denied') return new AuthError('LOGIN_DENIED', 'The login was denied in the browser.')
  if (error === 'expired_token') return expired()
  // The code opens the door once. Whoever approved it while our connection broke has spent it on an answer that is gone.
  if (error === 'invalid_grant' && before) {
    return new AuthError(
      'LOGIN_FAILED',
      `The login seems to have been approved, but the answer was lost on the way: ${before.message}`,
      [AGAIN],
    )
  }

  return failure
}

const expired = (failure?: AuthError): AuthError =>
  new AuthError(
    'LOGIN_EXPIRED',
    `The login expired before it was approved.${failure ? ` The last try failed: ${failure.message}` : ''}`,
    [AGAIN],
  )

const AGAIN = suggest('auth:login', undefined, 'to try again')
