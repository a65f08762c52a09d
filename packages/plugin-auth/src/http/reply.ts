import type {Question} from './direct-exchange.js'

/** What is used of an answer. A `Response` is one. */
export type Reply = Pick<Response, 'ok' | 'status' | 'text'> & {headers: Pick<Headers, 'get'>}

/** A `BoundedFetch` is one. */
export type Ask = (
  url: string | URL,
  question?: Pick<Question, 'method' | 'headers' | 'signal'> & {body?: string},
) => Promise<Reply>
