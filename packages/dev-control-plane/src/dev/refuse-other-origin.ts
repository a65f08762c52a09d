import type {IncomingMessage} from 'node:http'

import type {Answer} from '../http/answer.js'

/**
 * Refuses what another site's page asks below `/dev`: any page in a browser on this machine can reach loopback.
 *
 * `refuseStranger` comes before and has looked at the Host. A form cannot send JSON, and a script of another origin has to
 * ask for permission first, which nobody gives (Fetch standard, "CORS-preflight").
 */
export function refuseOtherOrigin({headers, method}: IncomingMessage): Answer | undefined {
  const {host, origin} = headers
  const site = headers['sec-fetch-site']
  const isOurs = (site === undefined || site === 'same-origin' || site === 'none') && isOrigin(origin, host)
  if (!isOurs) return {status: 403, body: {detail: 'Requests from other sites are refused'}}

  const hasBody = method === 'POST' || method === 'PUT'
  const isJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')
  if (hasBody && !isJson) return {status: 415, body: {detail: 'content-type has to be application/json'}}
  return undefined
}

const isOrigin = (origin: string | undefined, host: string | undefined): boolean =>
  origin === undefined || origin === `http://${host}`
