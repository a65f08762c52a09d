import type {Answer} from '../http/answer.js'

/** Ends a route with an answer in FastAPI's shape. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`HTTP ${status}`)
  }

  toAnswer(): Answer {
    return {status: this.status, body: {detail: this.detail}, headers: this.headers}
  }
}
