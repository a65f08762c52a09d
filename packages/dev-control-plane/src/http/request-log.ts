import type {IncomingMessage, ServerResponse} from 'node:http'

/** How a request said who it is. */
export type BearerKind = 'none' | 'api-key' | 'access-token' | 'invalid'

/** One request as it came in; nothing in it is a secret. */
export interface LoggedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** As `?org_id=…`, or empty. Always empty below `/oidc`, where queries can carry codes. */
  readonly query: string
  /** Without `authorization`, `proxy-authorization`, `cookie` and `referer`. */
  readonly headers: Readonly<Record<string, string>>
  readonly bearer: BearerKind
  /** `null` until it is answered, and for good when the connection was dropped instead. */
  readonly status: number | null
  /** When it came in, in ISO 8601. */
  readonly at: string
  /** Milliseconds from then until it was answered or dropped; `null` before that. */
  readonly ms: number | null
}

export type MutableLoggedRequest = {-readonly [K in keyof LoggedRequest]: LoggedRequest[K]}

export function logRequest(
  requests: LoggedRequest[],
  request: IncomingMessage,
  response: ServerResponse,
  {pathname, search}: URL,
): MutableLoggedRequest {
  const entry: MutableLoggedRequest = {
    method: request.method ?? 'GET',
    path: pathname,
    query: pathname.startsWith('/oidc') ? '' : search,
    headers: withoutSecrets(request.headers),
    bearer: 'none',
    status: null,
    at: new Date().toISOString(),
    ms: null,
  }
  const start = performance.now()
  requests.push(entry)
  response.once('finish', () => {
    entry.status = response.statusCode
  })
  response.once('close', () => {
    entry.ms = Math.round(performance.now() - start)
  })
  return entry
}

const secret = new Set(['authorization', 'proxy-authorization', 'cookie', 'referer'])

function withoutSecrets(headers: IncomingMessage['headers']): Record<string, string> {
  const shown = Object.entries(headers).filter(([name]) => !secret.has(name))
  return Object.fromEntries(shown.map(([name, value]) => [name, String(value)]))
}
