import type {ServerResponse} from 'node:http'

/** What a route answers: data, sent in one place. */
export interface Answer {
  status: number
  /** A string is sent as it is, anything else as JSON; absent means no body. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

export function sendAnswer(response: ServerResponse, {status, body, headers = {}}: Answer): void {
  const bytes = toBytes(body)
  const type = typeof body === 'string' || Buffer.isBuffer(body) ? 'text/plain; charset=utf-8' : 'application/json'
  if (bytes !== undefined) response.setHeader('content-type', type).setHeader('content-length', bytes.length)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.writeHead(status).end(bytes)
}

function toBytes(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}
