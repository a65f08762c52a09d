import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'

import {AuthError, suggest} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import {DONE, FORGED, REFUSED, RETURN_HEADERS, type ReturnPage, UNKNOWN} from './return-page.js'

/** Waits on this machine for the one answer to an authorization request. */
export interface LoopbackListener {
  readonly redirectUri: string
  /** The address that the provider sent the browser to: the first with the right `state`, and no other after it. */
  readonly received: Promise<URL>
  /** Leaves neither socket nor timer behind. */
  close(): Promise<void>
}

const PATH = '/callback'

/**
 * The literal 127.0.0.1, on any port that is free (RFC 8252 §7.3, §8.3): `localhost` may be another machine's address or
 * lead through a proxy, and a fixed port may be somebody else's. Whoever else on this machine or in the browser asks
 * is refused and changes nothing: another path or method, another Host (DNS rebinding), another `state` (forged).
 */
export async function listenForRedirect(state: string): Promise<LoopbackListener> {
  let receive: (answer: URL) => void
  // A promise takes one answer: what else comes on a connection that is open already changes nothing.
  const received = new Promise<URL>((resolve) => (receive = resolve))
  let host = ''

  const judge = (request: IncomingMessage): {page: ReturnPage; answer?: URL} => {
    const {method, headers, url: target = ''} = request
    if (method !== 'GET' || headers.host !== host || target.split('?', 1)[0] !== PATH) return {page: UNKNOWN}
    const answer = new URL(`http://${host}${target}`)
    const states = answer.searchParams.getAll('state')
    if (states.length !== 1 || states[0] !== state) return {page: FORGED}
    return {page: answer.searchParams.has('code') ? DONE : REFUSED, answer}
  }

  const server = createServer((request, response) => {
    const {page, answer} = judge(request)
    if (answer) {
      server.close()
      response.once('close', () => receive(answer))
    }

    response.writeHead(page.status, RETURN_HEADERS).end(page.markup)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error)))
    server.listen(0, '127.0.0.1', resolve)
  })
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    redirectUri: `http://${host}${PATH}`,
    received,
    close: () =>
      new Promise((resolve) => {
        // It may be closed already, which comes as an error that says nothing else.
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const cannotListen = ({code}: NodeJS.ErrnoException): AuthError =>
  new AuthError(
    'LOGIN_FAILED',
    `Nothing can listen on 127.0.0.1 here (${cleanText(code)}), so no browser can answer.`,
    [suggest('auth:login', undefined, 'to log in with a code instead')],
  )
