import {type BoundedOptions, createBoundedExchange} from './bounded-ask.js'

export {isConnectionError, isTimeout, isTlsErrorCode, networkErrorCode} from './network-error.js'
export {pause} from './pause.js'
export {BodyTooLarge, type BoundedOptions} from './bounded-ask.js'

/** `init.signal` ends one request as the signal of the options ends all. The answer's `url` is the one asked for. */
export type BoundedFetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** `fetch` within bounds: see `createBoundedExchange`. */
export function createBoundedFetch(options: BoundedOptions): BoundedFetch {
  const exchange = createBoundedExchange(options)
  return async (url, {signal, ...init} = {}) => {
    // Refuses what `fetch` refuses, and says of what type a body is.
    const request = new Request(url, init)
    const isSentAsIs = !request.body || init.body instanceof ReadableStream
    const {status, statusText, headers, body} = await exchange(request.url, {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: isSentAsIs ? request.body : new Uint8Array(await request.arrayBuffer()),
      signal,
    })
    const decoded = headers.filter(([name]) => !/^content-(?:encoding|length)$/i.test(name))
    // A Response made by hand has no url, and errors name the endpoint by it.
    return Object.defineProperty(new Response(body, {status, statusText, headers: decoded}), 'url', {
      value: String(url),
    })
  }
}
