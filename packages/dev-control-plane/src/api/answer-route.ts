import type {IncomingMessage} from 'node:http'

import type {Answer} from '../http/answer.js'
import {readBody} from '../http/read-body.js'
import {ApiError} from './api-error.js'
import type {Bearer} from './bearer.js'
import type {Route} from './route.js'

/** Finds the route and answers; unknown paths and methods as FastAPI does. */
export async function answerRoute(
  routes: readonly Route[],
  request: IncomingMessage,
  {url, bearer}: {url: URL; bearer: Bearer},
): Promise<Answer> {
  const found = routes.flatMap((route) => {
    const params = matchPath(route.path, url.pathname)
    return params ? [{route, params}] : []
  })
  if (found.length === 0) return {status: 404, body: {detail: 'Not Found'}}

  const match = found.find(({route}) => route.method === request.method)
  if (!match) {
    const allow = found.map(({route}) => route.method).join(', ')
    return {status: 405, body: {detail: 'Method Not Allowed'}, headers: {allow}}
  }

  const context = {
    params: match.params,
    query: url.searchParams,
    headers: request.headers,
    bearer,
    async readBody() {
      const body = await readBody(request)
      if (body === undefined) throw new ApiError(413, 'Request body is too large')
      return body
    },
  }
  try {
    return await match.route.answer(context)
  } catch (error) {
    if (error instanceof ApiError) return error.toAnswer()
    throw error
  }
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/')
  const given = path.split('/')
  if (expected.length !== given.length) return
  const params: Record<string, string> = {}
  for (const [index, segment] of expected.entries()) {
    const value = given[index] ?? ''
    if (segment.startsWith('{') && value !== '') params[segment.slice(1, -1)] = value
    else if (segment !== value) return
  }
  return params
}
