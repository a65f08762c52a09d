// What a CLI asked of a server in this process: when each request came, and when its answer was out.
import {subscribe, unsubscribe} from 'node:diagnostics_channel'

export function recordRequests() {
  const requests = []
  const onStart = ({request, response, socket}) => {
    // The scripted person asks as well, with the name of a browser.
    if (!/^llamactl\//.test(request.headers['user-agent'] ?? '')) return
    const entry = {method: request.method, path: request.url.split('?')[0], began: performance.now(), socket}
    response.once('close', () => (entry.ended = performance.now()))
    requests.push(entry)
  }
  subscribe('http.server.request.start', onStart)
  return {
    requests,
    stop: () => unsubscribe('http.server.request.start', onStart),
  }
}

/** Requests that were under way at the same time are one round trip. Only certain where each answer takes a while. */
export function roundTrips(requests) {
  const trips = []
  let end = -Infinity
  for (const request of [...requests].sort((a, b) => a.began - b.began)) {
    if (request.began < end) trips.at(-1).push(request)
    else trips.push([request])
    end = Math.min(...trips.at(-1).map(({ended}) => ended))
  }

  return trips
}

/** Milliseconds in which the server was at work on at least one. */
export function busy(requests) {
  let total = 0
  let until = -Infinity
  for (const {began, ended} of [...requests].sort((a, b) => a.began - b.began)) {
    total += Math.max(0, ended - Math.max(began, until))
    until = Math.max(until, ended)
  }

  return total
}

export const describeTrips = (trips) =>
  trips.map((trip) => trip.map(({method, path}) => `${method} ${nameOf(path)}`).join(' ∥ ')).join(' → ')

const nameOf = (path) =>
  path.replace(/^\/api\/v1(?:beta1)?\/(?:deployments(?:-public)?\/|auth\/)?/, '').replace('/oidc/.well-known/', '')
