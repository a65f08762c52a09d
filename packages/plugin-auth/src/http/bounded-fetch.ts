import {isAuthError} from '../errors.js'
import {type Answer, directFetch} from './direct-fetch.js'
import type {Network} from './network.js'
import {isConnectionError, isTimeout} from './network-error.js'
import {pause} from './pause.js'
import {isTransientStatus, retryAfterSeconds} from './transient-status.js'

export {isConnectionError, isTimeout, isTlsErrorCode, networkErrorCode} from './network-error.js'
export {pause} from './pause.js'

/** Times in milliseconds, sizes in bytes. */
export interface BoundedFetchOptions {
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

/** `init.signal` ends one request as the signal of the options ends all. The answer's `url` is the one asked for. */
export type BoundedFetch = (url: string | URL, init?: RequestInit) => Promise<Response>

export class BodyTooLarge extends Error {}

/**
 * `fetch` with a deadline, a cap on the body, no redirects, and another try for GET. Redirects are handed back as they
 * are: followed, they could carry an Authorization header or a token to another origin.
 */
export function createBoundedFetch({
  signal,
  userAgent,
  network,
  timeout = 10_000,
  limit = 1 << 20,
  retries = 2,
  retryDelay = 250,
}: BoundedFetchOptions): BoundedFetch {
  async function exchange(url: string | URL, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('user-agent', userAgent)
    const dispatcher = await network?.dispatcherFor(new URL(url))
    const request = {...init, headers, redirect: 'manual' as const, signal}
    const response = dispatcher
      ? await fetch(url, {...request, dispatcher} as RequestInit)
      : await directFetch(url, request)
    if (network && response.status === 407) throw await network.proxyRefused(407, new URL(url))
    const answer = new Response(await readBody(response, limit), {
      status: response.status,
      statusText: response.statusText,
      headers: decodedHeaders(response.headers),
    })
    // A Response made by hand has no url, and errors name the endpoint by it.
    return Object.defineProperty(answer, 'url', {value: String(url)})
  }

  async function once(url: string | URL, init: RequestInit): Promise<Response> {
    const deadline = startDeadline(timeout, [signal, init.signal])
    const answer = exchange(url, init, deadline.signal).catch(async (error: unknown) => {
      throw network && !deadline.signal.aborted && !isAuthError(error)
        ? await network.explain(error, new URL(url))
        : error
    })
    try {
      return await Promise.race([answer, deadline.passed])
    } catch (error) {
      throw network && isTimeout(error) ? await network.explain(error, new URL(url)) : error
    } finally {
      deadline.clear()
    }
  }

  return async (url, init = {}) => {
    const tries = (init.method ?? 'GET') === 'GET' ? retries : 0
    for (let attempt = 0; ; attempt++) {
      let delay = retryDelay * 2 ** attempt
      try {
        const response = await once(url, init)
        const asked = (retryAfterSeconds(response) ?? 0) * 1000
        if (attempt >= tries || !isTransientStatus(response.status) || asked > LONGEST_RETRY_AFTER) return response
        delay = Math.max(delay, asked)
      } catch (error) {
        signal?.throwIfAborted()
        init.signal?.throwIfAborted()
        if (attempt >= tries || !isConnectionError(error)) throw error
      }

      await pauseUnless([signal, init.signal], delay)
    }
  }
}

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

async function readBody(response: Answer, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!response.body) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > limit) throw new BodyTooLarge(`The answer is larger than ${limit} bytes`)
    chunks.push(chunk)
  }

  // What cannot have a body is not given an empty one.
  return [101, 204, 205, 304].includes(response.status) ? null : new Uint8Array(Buffer.concat(chunks))
}

function decodedHeaders(received: Headers): Headers {
  const headers = new Headers(received)
  headers.delete('content-encoding')
  headers.delete('content-length')
  return headers
}
