import {request as httpRequest} from 'node:http'
import {request as httpsRequest} from 'node:https'
import type {Socket} from 'node:net'
import {connect, type DetailedPeerCertificate} from 'node:tls'
import {cleanText} from '../untrusted/clean-text.js'
import type {Proxy} from './choose-proxy.js'
import {proxyToken} from './proxy-token.js'

/**
 * Who signed the certificate that is shown for a URL, to name it after it was refused. No request goes over this
 * connection. Undefined where it cannot be told, or not soon.
 */
export function peekIssuer(url: URL, proxy: Proxy | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const open: {destroy(): unknown}[] = []
    const end = (issuer?: string): void => {
      clearTimeout(timer)
      resolve(issuer)
      // Later, and TLS before what it goes over: Node.js 20 crashes where that is taken away in the middle of a handshake.
      setImmediate(() => open.reverse().forEach((connection) => connection.destroy()))
    }
    const timer = setTimeout(end, LIMIT)

    function look(tunnel?: Socket): void {
      const host = url.hostname.replace(/^\[|\]$/g, '')
      const socket = connect({
        ...(tunnel ? {socket: tunnel} : {host, port: Number(url.port || 443)}),
        servername: isName(host) ? host : '',
        rejectUnauthorized: false,
      })
      open.push(socket)
      socket.on('error', () => end())
      socket.on('secureConnect', () => end(issuerOf(socket.getPeerCertificate(true))))
    }

    if (!proxy) return look()
    const token = proxyToken(proxy.url)
    const path = `${url.hostname}:${url.port || 443}`
    const headers = {host: path, ...(token && {'proxy-authorization': token})}
    const ask = proxy.url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = ask(proxy.url.origin, {method: 'CONNECT', path, headers, agent: false})
    open.push(request)
    request.on('error', () => end())
    request.on('response', () => end())
    request.on('connect', (response, tunnel: Socket) => {
      open.push(tunnel)
      tunnel.on('error', () => end())
      if (response.statusCode === 200) look(tunnel)
      else end()
    })
    request.end()
  })
}

const LIMIT = 3000

/** The server name of TLS is never an address (RFC 6066 §3). */
const isName = (host: string): boolean => !/^[\d.]+$|:/.test(host)

function issuerOf(leaf: DetailedPeerCertificate): string | undefined {
  let top = leaf
  // A root is its own issuer, and one that was not sent along has none.
  for (let depth = 0; depth < 10; depth++) {
    const above = top.issuerCertificate as DetailedPeerCertificate | undefined
    if (!above?.issuer || above === top) break
    top = above
  }

  const {CN, O} = top.issuer as Partial<Record<'CN' | 'O', string | string[]>>
  return cleanText([CN, O].flat().find(Boolean), 80) || undefined
}
