import {createSecureContext} from 'node:tls'
import {Agent, ProxyAgent} from 'undici'
import type {Proxy} from './choose-proxy.js'
import {proxyToken} from './proxy-token.js'

export interface DispatcherOptions {
  proxy?: Proxy | undefined
  /** Replaces what Node.js trusts. */
  ca?: string[] | undefined
}

/** What the `fetch` of Node.js takes as its `dispatcher`. Import this module lazily: it brings undici with it. */
export function createDispatcher({proxy, ca}: DispatcherOptions): object {
  // Parsed once, and not for each connection.
  const tls = ca ? {secureContext: createSecureContext({ca})} : {}
  if (!proxy) return new Agent({connect: tls})
  const token = proxyToken(proxy.url)
  return new ProxyAgent({
    uri: proxy.url.origin,
    requestTls: tls,
    proxyTls: tls,
    // As everybody does it: a tunnel for https, and the whole URL in the request line for http.
    proxyTunnel: false,
    ...(token && {token}),
  })
}
