import type {SecureContext} from 'node:tls'
import {isLoopback} from '../untrusted/safe-url.js'
import type {Proxy} from './choose-proxy.js'
import type {DirectAgent} from './direct-exchange.js'
import type {FailureContext} from './explain-failure.js'

/** Through a proxy, for `fetch`, or straight to the server, for `node:https`, trusting more than Node.js does by itself. */
export type Way = {kind: 'proxy'; dispatcher: object} | {kind: 'direct'; agent: DirectAgent}

/** How requests leave this computer, as its variables and `--native-tls` say: through which proxy, trusting whom. */
export interface Network {
  /** Undefined: straight, and trusting what Node.js trusts. Rejects with `USAGE` for a variable that cannot be used. */
  wayTo(url: URL): Promise<Way | undefined>
  /** An `AuthError` for what failed on the way, where more is known of it than the error itself says. */
  explain(error: unknown, url: URL): Promise<unknown>
  /** The same for an answer that only a proxy gives. */
  proxyRefused(status: number, url: URL): Promise<unknown>
}

export interface NetworkOptions {
  env: NodeJS.ProcessEnv
  nativeTls: boolean
  platform: NodeJS.Platform
}

/** Loads nothing where nothing is set. */
export function createNetwork(options: NetworkOptions): Network {
  const {env, nativeTls} = options
  const isSet = (names: readonly string[]): boolean => names.some((name) => env[name]?.trim())
  const mayHaveProxy = isSet(PROXY_VARIABLES)
  const hasCertificates = nativeTls || isSet(CERTIFICATE_VARIABLES)
  const ways = new Map<string, Promise<Way>>()
  let context: Promise<SecureContext> | undefined

  async function proxyFor(url: URL): Promise<Proxy | undefined> {
    if (!mayHaveProxy || isLoopback(url)) return undefined
    const {chooseProxy} = await import('./choose-proxy.js')
    return chooseProxy(url, env)
  }

  async function trusting(): Promise<SecureContext> {
    const {trustingContext} = await import('./trusted-certificates.js')
    return trustingContext(options)
  }

  async function make(proxy: Proxy | undefined, needsTls: boolean): Promise<Way> {
    const secureContext = needsTls && hasCertificates ? await (context ??= trusting()) : undefined
    if (!proxy) {
      const {createAgent} = await import('./direct-exchange.js')
      return {kind: 'direct', agent: createAgent(secureContext)}
    }

    const {createDispatcher} = await import('./undici-dispatcher.js')
    return {kind: 'proxy', dispatcher: createDispatcher(proxy, secureContext)}
  }

  const contextOf = async (url: URL): Promise<FailureContext> => ({url, proxy: await proxyFor(url), nativeTls, env})

  return {
    async wayTo(url) {
      const proxy = await proxyFor(url)
      const needsTls = url.protocol === 'https:' || proxy?.url.protocol === 'https:'
      if (!proxy && !(needsTls && hasCertificates)) return undefined
      const key = `${proxy?.url.href ?? ''} ${needsTls}`
      const known = ways.get(key)
      if (known) return known
      const made = make(proxy, needsTls)
      ways.set(key, made)
      return made
    },

    async explain(error, url) {
      const {explainFailure} = await import('./explain-failure.js')
      return explainFailure(error, await contextOf(url))
    },

    async proxyRefused(status, url) {
      const {explainFailure, ProxyRefusal} = await import('./explain-failure.js')
      return explainFailure(new ProxyRefusal(status), await contextOf(url))
    },
  }
}

/** With `NODE_EXTRA_CA_CERTS` alone there is nothing to do: Node.js trusts those by itself. */
const CERTIFICATE_VARIABLES = ['SSL_CERT_FILE', 'SSL_CERT_DIR']
const PROXY_VARIABLES = ['https_proxy', 'http_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()])
