/** Times in milliseconds, sizes in bytes. */
export interface BoundedFetchOptions {
  /** Ends every request at once; the rejection is the signal's reason. */
  signal?: AbortSignal | undefined
  userAgent: string
  /** For one request including its body. */
  timeout?: number
  /** Of a decoded body; a larger one rejects with `BodyTooLarge`. */
  limit?: number
  /** How often a GET is tried again after a dropped connection or a 502, 503 or 504. */
  retries?: number
  retryDelay?: number
}

export type BoundedFetch = (url: string | URL, init?: RequestInit) => Promise<Response>

export class BodyTooLarge extends Error {}

/**
 * `fetch` with a deadline, a cap on the body, no redirects, and a second try for GET. Redirects are handed back as they
 * are: followed, they could carry an Authorization header or a token to another origin.
 */
export function createBoundedFetch({
  signal,
  userAgent,
  timeout = 10_000,
  limit = 1 << 20,
  retries = 2,
  retryDelay = 250,
}: BoundedFetchOptions): BoundedFetch {
  async function once(url: string | URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('user-agent', userAgent)
    const response = await fetch(url, {
      ...init,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeout), ...given(signal), ...given(init.signal)]),
    })
    return new Response(await readBody(response, limit), {
      status: response.status,
      statusText: response.statusText,
      headers: decodedHeaders(response.headers),
    })
  }

  return async (url, init = {}) => {
    const tries = (init.method ?? 'GET') === 'GET' ? retries : 0
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await once(url, init)
        if (attempt >= tries || !RETRIED_STATUS.has(response.status)) return response
      } catch (error) {
        signal?.throwIfAborted()
        if (attempt >= tries || !isConnectionError(error)) throw error
      }

      await pause(retryDelay * 2 ** attempt, signal)
    }
  }
}

/** Waits, unless the signal ends it first: then rejects with the signal's reason. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }

    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, {once: true})
  })
}

/** The network's own code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, `UND_ERR_SOCKET`) from anywhere in the chain of causes. */
export function networkErrorCode(error: unknown): string | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 6; depth++) {
    if ('code' in link && typeof link.code === 'string' && /^[A-Z][A-Z\d_]+$/.test(link.code)) {
      if (!/^OAUTH_/.test(link.code)) return link.code
    }

    link = link instanceof AggregateError ? link.errors[0] : link.cause
  }

  return undefined
}

export const isTlsErrorCode = (code: string): boolean =>
  /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code)

/** No answer within `timeout`, as opposed to a connection that failed. */
export function isTimeout(error: unknown): boolean {
  for (let link = error, depth = 0; link instanceof Error && depth < 6; link = link.cause, depth++) {
    if (link.name === 'TimeoutError' || ('code' in link && link.code === 'OAUTH_TIMEOUT')) return true
  }

  return false
}

/** Worth another try: the connection was refused, dropped or not made. A wrong certificate is not. */
export function isConnectionError(error: unknown): boolean {
  const code = networkErrorCode(error)
  return code !== undefined && !isTlsErrorCode(code)
}

/** 501 is not among them: a control plane answers it where browser login is not enabled. */
const RETRIED_STATUS = new Set([502, 503, 504])

const given = (signal: AbortSignal | null | undefined): AbortSignal[] => (signal ? [signal] : [])

async function readBody(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!response.body || [101, 204, 205, 304].includes(response.status)) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > limit) throw new BodyTooLarge(`The answer is larger than ${limit} bytes`)
    chunks.push(chunk)
  }

  return new Uint8Array(Buffer.concat(chunks))
}

function decodedHeaders(received: Headers): Headers {
  const headers = new Headers(received)
  headers.delete('content-encoding')
  headers.delete('content-length')
  return headers
}
