import {randomUUID} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'

import {answerRoute} from './api/answer-route.js'
import type {ApiKeyStore} from './api/api-key-store.js'
import {readBearer, type Bearer} from './api/bearer.js'
import type {Route} from './api/route.js'
import {isBelowDev, type DevPlane} from './dev/dev-plane.js'
import {answerWithFault} from './faults/answer-with-fault.js'
import type {FaultList} from './faults/fault-list.js'
import {sendAnswer} from './http/answer.js'
import {refuseStranger} from './http/refuse-stranger.js'
import {logRequest, type LoggedRequest} from './http/request-log.js'
import {isBelowProvider, type OpenIdProvider} from './oidc/open-id-provider.js'
import type {SeedUser} from './seed/seed.js'

export interface ListenerParts {
  port: number
  dev: DevPlane
  routes: readonly Route[]
  provider: OpenIdProvider | undefined
  faults: FaultList
  requests: LoggedRequest[]
  users: readonly SeedUser[]
  apiKeys: ApiKeyStore
  closing: AbortSignal
  onError(error: Error): void
}

/** The way of every request but those below `/dev`: log it, refuse strangers, see who it is, let a fault have it, or answer. */
export function createRequestListener(parts: ListenerParts) {
  const {port, dev, routes, provider, faults, requests, users, apiKeys, closing, onError} = parts
  const subjectOf = async (token: string): Promise<string | undefined> => provider?.subjectOf(token)

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL, bearer: Bearer): Promise<void> {
    if (url.pathname === '/' && request.method === 'GET') return dev.answerHome(response)

    if (provider && isBelowProvider(url.pathname)) {
      const user = bearer.kind === 'access-token' ? bearer.user : undefined
      return provider.answer(request, response, url, user)
    }

    sendAnswer(response, await answerRoute(routes, request, {url, bearer}))
  }

  async function accept(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID()
    response.setHeader('x-request-id', requestId)
    const url = urlOf(request, port)
    if (!url) return sendAnswer(response, {status: 400, body: {detail: 'Bad request target'}})

    const entry = isBelowDev(url.pathname) ? undefined : logRequest(requests, request, response, url)
    const refusal = refuseStranger(request, port)
    if (refusal) return sendAnswer(response, refusal)
    // Neither logged nor met by faults: no fault can hide the switch that ends it.
    if (!entry) return dev.answer(request, response, url)

    const bearer = await readBearer(request.headers.authorization, {users, apiKeys, subjectOf})
    entry.bearer = bearer.kind

    const fault = faults.take(entry.method, entry.path)
    if (!fault) return answer(request, response, url, bearer)
    entry.status = await answerWithFault(fault, {
      request,
      response,
      closing,
      async answer(captured) {
        captured.setHeader('x-request-id', requestId)
        await answer(request, captured, url, bearer)
      },
    })
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    accept(request, response).catch((error: Error) => {
      // The other side hung up, or we are closing: nobody is left to tell.
      if (closing.aborted || request.socket.destroyed) return
      onError(error)
      if (response.headersSent) request.socket.destroy()
      else sendAnswer(response, {status: 500, body: {detail: 'Internal Server Error'}})
    })
  }
}

function urlOf({url = '/'}: IncomingMessage, port: number): URL | undefined {
  const target = `http://127.0.0.1:${port}${url}`
  return url.startsWith('/') && URL.canParse(target) ? new URL(target) : undefined
}
