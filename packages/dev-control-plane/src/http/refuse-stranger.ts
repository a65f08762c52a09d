import type {IncomingMessage} from 'node:http'

import type {Answer} from './answer.js'

/**
 * Refuses what only a foreign web page would send.
 *
 * A Host other than ours is DNS rebinding, or would end up in `verification_uri`, which the provider builds from it.
 * A cross-site POST would press a button for the person.
 */
export function refuseStranger({headers, method}: IncomingMessage, port: number): Answer | undefined {
  if (headers.host !== `127.0.0.1:${port}` && headers.host !== `localhost:${port}`) {
    return {status: 421, body: {detail: 'This server answers to its own address only'}}
  }

  const site = headers['sec-fetch-site']
  const isSafe =
    method === 'GET' || method === 'HEAD' || site === undefined || site === 'same-origin' || site === 'none'
  return isSafe ? undefined : {status: 403, body: {detail: 'Cross-site requests are refused'}}
}
