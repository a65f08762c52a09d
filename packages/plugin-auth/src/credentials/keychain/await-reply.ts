import type {HelperReply} from './helper-protocol.js'
import type {HelperRun} from './run-helper.js'

export type HelperOutcome = HelperReply | {kind: 'crashed'} | {kind: 'timeout'; after: number}

export interface Patience {
  /** Milliseconds that a call may take; overrides what follows. */
  timeout?: number | undefined
  /** Whether a person is there, who can answer a dialog. */
  interactive: boolean
  /** Ends the wait, and the helper, at once. */
  signal?: AbortSignal | undefined
  /** Called once when a call takes longer than half a second. */
  onWait?: ((text: string) => void) | undefined
}

/** A cold start of the Secret Service can take more than a second; three are what gh and others allow. */
const DEADLINE = 3_000
const DEADLINE_WITH_A_PERSON = 60_000
const NOTICE_AFTER = 500
/** Early enough for a keychain that takes two seconds for each answer. */
const PROBE_AFTER = 500

/** The longest that a call can take. */
export const longestWait = ({timeout, interactive}: Patience): number =>
  timeout ?? (interactive ? DEADLINE_WITH_A_PERSON : DEADLINE)

/**
 * The reply of a helper, or `timeout`; the helper is gone when this settles. Rejects only with the signal's reason.
 *
 * Where a person is there, the deadline is extended only when `isAlive` says that the keychain itself answers: then the
 * call stands still because a dialog waits, or the keychain is slow, and the person may go on waiting or press Ctrl-C. A
 * keychain that answers nobody has crashed, and waiting would not help.
 */
export function awaitReply(
  run: HelperRun,
  patience: Patience,
  isAlive: (signal: AbortSignal) => Promise<boolean>,
): Promise<HelperOutcome> {
  const {timeout, interactive, signal, onWait} = patience
  const timers: NodeJS.Timeout[] = []
  const after = (milliseconds: number, act: () => void) => void timers.push(setTimeout(act, milliseconds))
  const over = new AbortController()
  let isAnswering = false

  const outcome = new Promise<HelperOutcome>((resolve, reject) => {
    const giveUp = (limit: number) => after(limit, () => resolve({kind: 'timeout', after: limit}))

    after(NOTICE_AFTER, () => onWait?.(interactive ? NOTICE : BARE_NOTICE))
    if (timeout !== undefined || !interactive) giveUp(timeout ?? DEADLINE)
    else {
      after(PROBE_AFTER, () => void isAlive(over.signal).then((answers) => (isAnswering = answers)))
      after(DEADLINE, () => isAnswering || resolve({kind: 'timeout', after: DEADLINE}))
      giveUp(DEADLINE_WITH_A_PERSON)
    }

    signal?.addEventListener('abort', () => reject(signal.reason), {signal: over.signal})
    run.ended.then(resolve, reject)
  })

  return outcome.finally(() => {
    for (const timer of timers) clearTimeout(timer)
    over.abort()
    run.kill()
  })
}

const BARE_NOTICE = 'Waiting for the keychain.'
const NOTICE = 'Waiting for the keychain. If a dialog asks for its password, unlock it there (Ctrl-C to stop).'
