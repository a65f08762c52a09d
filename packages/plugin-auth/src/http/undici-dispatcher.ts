import type {SecureContext} from 'node:tls'
import {ProxyAgent} from 'undici'
import type {Proxy} from './choose-proxy.js'
import {proxyToken} from './proxy-token.js'

/**
 * What the `fetch` of Node.js takes as its `dispatcher`; `secureContext` replaces what Node.js trusts. Import this module lazily:
 * it brings undici with it.
 */
export function createDispatcher(proxy: Proxy, secureContext: SecureContext | undefined): object {
  const tls = secureContext ? {secureContext} : {}
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
