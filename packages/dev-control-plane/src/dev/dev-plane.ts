import {readFile} from 'node:fs/promises'
import type {IncomingMessage, ServerResponse} from 'node:http'

import {answerRoute} from '../api/answer-route.js'
import {sendAnswer} from '../http/answer.js'
import {homeContent, homePage} from '../pages/home/home-page.js'
import {devRoutes, type DevRoutesParts} from './dev-routes.js'
import {devStateOf, type StateSources} from './dev-state.js'
import {refuseOtherOrigin} from './refuse-other-origin.js'
import {sendEvents} from './send-events.js'

/** What the control plane says of itself: its page, and the API below `/dev`. */
export interface DevPlane {
  /** The page at `/`. */
  answerHome(response: ServerResponse): void
  /** Answers a request below `/dev`. */
  answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>
}

const MOUNT = '/dev'

export const isBelowDev = (path: string): boolean => path === MOUNT || path.startsWith(`${MOUNT}/`)

const assets: Readonly<Record<string, {file: string; type: string}>> = {
  '/dev/home.css': {file: 'home.css', type: 'text/css; charset=utf-8'},
  '/dev/home.js': {file: 'home.js', type: 'text/javascript; charset=utf-8'},
}

export function createDevPlane(sources: StateSources & Pick<DevRoutesParts, 'approve'>): DevPlane {
  const state = () => devStateOf(sources)
  const routes = devRoutes({...sources, state})

  return {
    answerHome(response) {
      const {markup, headers} = homePage(state())
      sendAnswer(response, {status: 200, body: markup, headers})
    },

    async answer(request, response, url) {
      response.setHeader('cross-origin-resource-policy', 'same-origin').setHeader('cache-control', 'no-store')
      const refusal = refuseOtherOrigin(request)
      if (refusal) return sendAnswer(response, refusal)

      const asset = request.method === 'GET' ? assets[url.pathname] : undefined
      if (asset) {
        const body = await readFile(new URL(`../../assets/${asset.file}`, import.meta.url))
        const headers = {'content-type': asset.type, 'x-content-type-options': 'nosniff'}
        return sendAnswer(response, {status: 200, body, headers})
      }

      if (request.method === 'GET' && url.pathname === '/dev/events') {
        return sendEvents(response, () => homeContent(state()).markup)
      }

      sendAnswer(response, await answerRoute(routes, request, {url, bearer: {kind: 'none'}}))
    },
  }
}
