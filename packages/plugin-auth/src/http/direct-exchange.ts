import http, {type ClientRequest, type IncomingMessage} from 'node:http'
import https from 'node:https'
import {pipeline, Readable} from 'node:stream'
import type {SecureContext} from 'node:tls'
import {createBrotliDecompress, createGunzip, createInflate} from 'node:zlib'

/** What is asked: `RequestInit` in the shapes that `node:http` takes. */
export interface Question {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array | ReadableStream | null
  signal?: AbortSignal | null | undefined
}

/** As they came: a name may be there twice. */
export type HeaderList = [name: string, value: string][]

/** The body is decoded. */
export interface Received {
  status: number
  statusText: string
  headers: HeaderList
  body: AsyncIterable<Uint8Array> | null
}

/**
 * One exchange without a proxy, by `node:http`. The `fetch` of Node.js parses HTTP in WebAssembly, which V8 goes on to optimize
 * while the process waits to end: on Node 20 a command that asks once takes twice as long. Redirects are handed back. Rejects with
 * what the network said, an abort of `node:http`'s, or the `TypeError` of a request that cannot be.
 */
export async function directExchange(
  url: URL,
  {method = 'GET', body, signal, ...asked}: Question,
  trusting?: DirectAgent,
): Promise<Received> {
  // node:http would send it.
  if (url.username || url.password) throw new TypeError('The URL has credentials in it')
  const content = isStream(body) ? body : Buffer.from(body ?? '')
  const isSent = content instanceof Buffer && (content.length > 0 || method !== 'GET')
  const headers = {
    accept: '*/*',
    'accept-encoding': Object.keys(DECODERS).join(', '),
    ...asked.headers,
    ...(isSent && {'content-length': String(content.length)}),
  }
  // Looked up here and not at load time: nock replaces them.
  const [{request}, agent] = url.protocol === 'https:' ? [https, trusting ?? agents.https] : [http, agents.http]
  const outgoing = request(url, {method, headers, agent, ...(signal && {signal})})
  const answered = answerTo(outgoing)
  if (content instanceof Buffer) outgoing.end(content)
  else pipeline(Readable.fromWeb(content as Parameters<typeof Readable.fromWeb>[0]), outgoing, () => undefined)
  return answered
}

/** Without a look at `ReadableStream`, which Node.js loads when it is first named. */
export const isStream = (body: Question['body']): body is ReadableStream =>
  typeof body === 'object' && body !== null && !(body instanceof Uint8Array)

/** Shorter than a server waits: one that closes what is just being used again would cost a request that cannot be repeated. */
const IDLE = 3000

/** Of connections in TLS, which it keeps for a while. */
export type DirectAgent = https.Agent

/** `secureContext` replaces what Node.js trusts. */
export const createAgent = (secureContext?: SecureContext): DirectAgent =>
  new https.Agent({keepAlive: true, timeout: IDLE, ...(secureContext && {secureContext})})

const agents = {http: new http.Agent({keepAlive: true, timeout: IDLE}), https: createAgent()}

const answerTo = (outgoing: ClientRequest): Promise<Received> =>
  new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    // An answer that switches to another protocol is none, and no error either.
    outgoing.once('close', () => reject(Object.assign(new Error('There was no answer'), {code: 'ECONNRESET'})))
    outgoing.once('response', (incoming) => resolve(receivedIn(incoming)))
  })

function receivedIn(incoming: IncomingMessage): Received {
  const {statusCode: status = 0, statusMessage: statusText = '', rawHeaders, headers} = incoming
  return {status, statusText, headers: pairs(rawHeaders), body: decoded(incoming, headers['content-encoding'])}
}

const pairs = (flat: string[]): HeaderList =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []))

const DECODERS = {gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress}

function decoded(incoming: IncomingMessage, encoding = ''): Readable {
  const decode = Object.entries(DECODERS).find(([name]) => name === encoding.trim().toLowerCase())?.[1]
  return decode ? pipeline(incoming, decode(), () => undefined) : incoming
}
