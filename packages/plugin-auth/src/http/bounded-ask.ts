import {isAuthError} from '../errors.js'
import {directExchange, type HeaderList, isStream, type Question, type Received} from './direct-exchange.js'
import type {Network} from './network.js'
import {isConnectionError, isTimeout} from './network-error.js'
import {pause} from './pause.js'
import type {Ask, Reply} from './reply.js'
import {isTransientStatus, retryAfterSeconds} from './transient-status.js'

/** Times in milliseconds, sizes in bytes. */
export interface BoundedOptions {
  /** Ends every request at once; the rejection is the signal's reason. */
  signal?: AbortSignal | undefined
  userAgent: string
  /** Absent: straight to the server, and trusting what Node.js trusts. */
  network?: Network | undefined
  /** For one try including its body. */
  timeout?: number
  /** Of a decoded body; a larger one rejects with `BodyTooLarge`. */
  limit?: number
  /** How often a GET is tried again after a connection that failed or a transient status. Never after a time-out. */
  retries?: number
  /** Before the second try; doubles with each further one. A `Retry-After` of up to five seconds lengthens it. */
  retryDelay?: number
}

export class BodyTooLarge extends Error {}

/** An answer with its whole body, decoded. */
export type Whole = Omit<Received, 'body'> & {body: Uint8Array<ArrayBuffer> | null}

/** As `createBoundedFetch`, for text alone: without the `Headers`, `Request` and `Response` of Node.js, which take 30 ms to load. */
export function createBoundedAsk(options: BoundedOptions): Ask {
  const exchange = createBoundedExchange(options)
  return async (url, question) => {
    const {status, headers, body} = await exchange(url, question)
    const ok = status >= 200 && status < 300
    return {ok, status, headers: readable(headers), text: async () => new TextDecoder().decode(body ?? undefined)}
  }
}

/**
 * Requests with a deadline, a cap on the body, no redirects, and another try for GET. Redirects are handed back as they
 * are: followed, they could carry an Authorization header or a token to another origin.
 */
export function createBoundedExchange({
  signal,
  userAgent,
  network,
  timeout = 10_000,
  limit = 1 << 20,
  retries = 2,
  retryDelay = 250,
}: BoundedOptions): (url: string | URL, question?: Question) => Promise<Whole> {
  async function exchange(url: URL, {headers, ...question}: Question, signal: AbortSignal): Promise<Whole> {
    const way = await network?.wayTo(url)
    const asked = {...question, headers: {...headers, 'user-agent': userAgent}, signal}
    const received =
      way?.kind === 'proxy'
        ? await dispatchedExchange(url, asked, way.dispatcher)
        : await directExchange(url, asked, way?.agent)
    if (network && received.status === 407) throw await network.proxyRefused(407, url)
    return {...received, body: await readBody(received, limit)}
  }

  async function once(url: URL, question: Question): Promise<Whole> {
    const deadline = startDeadline(timeout, [signal, question.signal])
    const answer = exchange(url, question, deadline.signal).catch(async (error: unknown) => {
      throw network && !deadline.signal.aborted && !isAuthError(error) ? await network.explain(error, url) : error
    })
    try {
      return await Promise.race([answer, deadline.passed])
    } catch (error) {
      throw network && isTimeout(error) ? await network.explain(error, url) : error
    } finally {
      deadline.clear()
    }
  }

  return async (target, question = {}) => {
    const url = new URL(target)
    const tries = (question.method ?? 'GET') === 'GET' ? retries : 0
    for (let attempt = 0; ; attempt++) {
      let delay = retryDelay * 2 ** attempt
      try {
        const answer = await once(url, question)
        const asked = (retryAfterSeconds({headers: readable(answer.headers)}) ?? 0) * 1000
        if (attempt >= tries || !isTransientStatus(answer.status) || asked > LONGEST_RETRY_AFTER) return answer
        delay = Math.max(delay, asked)
      } catch (error) {
        signal?.throwIfAborted()
        question.signal?.throwIfAborted()
        if (attempt >= tries || !isConnectionError(error)) throw error
      }

      await pauseUnless([signal, question.signal], delay)
    }
  }
}

/** The `fetch` of Node.js, looked up here and not at load time, through what a `Network` made. */
async function dispatchedExchange(url: URL, question: Question, dispatcher: object): Promise<Received> {
  const init = {...question, redirect: 'manual', dispatcher, ...(isStream(question.body) && {duplex: 'half'})}
  const {status, statusText, headers, body} = await fetch(url, init as RequestInit)
  return {status, statusText, headers: [...headers], body: body as AsyncIterable<Uint8Array> | null}
}

const readable = (headers: HeaderList): Reply['headers'] => ({
  get(name) {
    const values = headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value.trim())
    return values.length > 0 ? values.join(', ') : null
  },
})

/** A server that wants a longer pause than this gets its answer handed on instead: somebody is waiting. */
const LONGEST_RETRY_AFTER = 5000

type GivenSignals = (AbortSignal | null | undefined)[]

/**
 * A timer and signals of its own rather than `AbortSignal.any` and `AbortSignal.timeout`: those may be collected with
 * nobody told, and the timer of the second does not keep the process alive. `passed` rejects in the same tick, however
 * slowly `fetch` reacts.
 */
function startDeadline(
  milliseconds: number,
  given: GivenSignals,
): {signal: AbortSignal; passed: Promise<never>; clear(): void} {
  const controller = new AbortController()
  const passed = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), {once: true})
  })
  const timer = setTimeout(
    () => controller.abort(new DOMException('There was no answer in time', 'TimeoutError')),
    milliseconds,
  )
  const stop = linkSignals(given, controller)
  return {
    signal: controller.signal,
    passed,
    clear() {
      clearTimeout(timer)
      stop()
    },
  }
}

async function pauseUnless(given: GivenSignals, milliseconds: number): Promise<void> {
  const controller = new AbortController()
  const stop = linkSignals(given, controller)
  try {
    await pause(milliseconds, controller.signal)
  } finally {
    stop()
  }
}

/** Aborts the controller, with the same reason, when any of the signals is; returns what undoes that. */
function linkSignals(given: GivenSignals, controller: AbortController): () => void {
  const undo = given.map((signal) => {
    const abort = (): void => controller.abort(signal?.reason)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, {once: true})
    return () => signal?.removeEventListener('abort', abort)
  })
  return () => undo.forEach((remove) => remove())
}

async function readBody({body, status}: Received, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!body) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit) throw new BodyTooLarge(`The answer is larger than ${limit} bytes`)
    chunks.push(chunk)
  }

  // What cannot have a body is not given an empty one.
  return [101, 204, 205, 304].includes(status) ? null : new Uint8Array(Buffer.concat(chunks))
}
