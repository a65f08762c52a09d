import type {IncomingHttpHeaders} from 'node:http'

import type {Answer} from '../http/answer.js'
import type {Bearer} from './bearer.js'

export interface RouteContext {
  /** Values of the `{name}` segments of the route's path. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly bearer: Bearer
  /** The body as text; throws an `ApiError` when it is too large. */
  readBody(): Promise<string>
}

export interface Route {
  method: string
  /** As FastAPI writes it: `/api/v1/api-keys/{id}`. */
  path: string
  answer(context: RouteContext): Answer | Promise<Answer>
}
