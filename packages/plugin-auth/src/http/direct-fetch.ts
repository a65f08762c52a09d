import http, {type ClientRequest, type IncomingMessage} from 'node:http'
import https from 'node:https'
import {pipeline, Readable} from 'node:stream'
import {createBrotliDecompress, createGunzip, createInflate} from 'node:zlib'

/** What is used of a `Response`. The body is decoded. */
export type Answer = Pick<Response, 'status' | 'statusText' | 'headers'> & {body: AsyncIterable<Uint8Array> | null}

/**
 * One exchange without a proxy, by `node:http`. The `fetch` of Node.js parses HTTP in WebAssembly, which V8 goes on to optimize
 * while the process waits to end: on Node 20 a command that asks once takes twice as long. Redirects are handed back. Rejects with
 * what the network said, an abort of `node:http`'s, or the `TypeError` of a `Request` that cannot be.
 */
export async function directFetch(url: string | URL, init: RequestInit & {signal: AbortSignal}): Promise<Answer> {
  // Refuses what `fetch` refuses, and says of what type a body is.
  const request = new Request(url, {...init, ...(isStream(init.body) && {duplex: 'half'})} as RequestInit)
  const {signal} = init
  const body = isStream(init.body) ? request.body : Buffer.from(await request.arrayBuffer())
  signal.throwIfAborted()
  const outgoing = send(new URL(request.url), request.method, headersOf(request, body), signal)
  const answered = answerTo(outgoing)
  if (body instanceof Buffer) outgoing.end(body)
  else if (body) pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), outgoing, () => undefined)
  return answered
}

const isStream = (body: RequestInit['body']): boolean =>
  typeof body === 'object' && body !== null && !(body instanceof URLSearchParams)

function headersOf(request: Request, body: Buffer | ReadableStream | null): Record<string, string> {
  const isSent = body instanceof Buffer && (body.length > 0 || request.method !== 'GET')
  return {
    accept: '*/*',
    'accept-encoding': Object.keys(DECODERS).join(', '),
    ...Object.fromEntries(request.headers),
    ...(isSent && {'content-length': String(body.length)}),
  }
}

/** Looked up here and not at load time: nock replaces them. */
function send(url: URL, method: string, headers: Record<string, string>, signal: AbortSignal): ClientRequest {
  const [{request}, agent] = url.protocol === 'https:' ? [https, agents.https] : [http, agents.http]
  return request(url, {method, headers, signal, agent})
}

/** Shorter than a server waits: one that closes what is just being used again would cost a request that cannot be repeated. */
const IDLE = 3000
const agents = {
  http: new http.Agent({keepAlive: true, timeout: IDLE}),
  https: new https.Agent({keepAlive: true, timeout: IDLE}),
}

const answerTo = (outgoing: ClientRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    // An answer that switches to another protocol is none, and no error either.
    outgoing.once('close', () => reject(Object.assign(new Error('There was no answer'), {code: 'ECONNRESET'})))
    outgoing.once('response', (incoming) => {
      try {
        resolve(answerIn(incoming))
      } catch (error) {
        outgoing.destroy()
        reject(error as Error)
      }
    })
  })

function answerIn(incoming: IncomingMessage): Answer {
  const {statusCode: status = 0, statusMessage: statusText = '', rawHeaders} = incoming
  const headers = new Headers(pairs(rawHeaders))
  return {status, statusText, headers, body: decoded(incoming, headers.get('content-encoding'))}
}

const pairs = (flat: string[]): [string, string][] =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []))

const DECODERS = {gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress}

function decoded(incoming: IncomingMessage, encoding: string | null): Readable {
  const decode = Object.entries(DECODERS).find(([name]) => name === encoding?.trim().toLowerCase())?.[1]
  return decode ? pipeline(incoming, decode(), () => undefined) : incoming
}
