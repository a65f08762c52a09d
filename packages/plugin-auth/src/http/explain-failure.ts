import {AuthError, type Suggestion} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import type {Proxy} from './choose-proxy.js'
import {errorChain, isTimeout, isTlsErrorCode, networkErrorCode} from './network-error.js'

export interface FailureContext {
  url: URL
  proxy: Proxy | undefined
  nativeTls: boolean
  env: NodeJS.ProcessEnv
}

/** An answer that only a proxy gives. */
export class ProxyRefusal extends Error {
  constructor(readonly status: number) {
    super('The proxy refused')
  }
}

/**
 * What a person can do about a request that failed on its way: an `AuthError` that tells the proxy from the server, and
 * names who signed a certificate that nobody trusts. Anything else is handed back as it is. What is worth another try has
 * the network's code as its cause, and nothing else of the error: that may hold the credentials of the proxy.
 */
export async function explainFailure(error: unknown, context: FailureContext): Promise<unknown> {
  const {url, proxy} = context
  const status = refusedWith(error)
  if (status !== undefined) return proxyRefused(status, context)

  const code = networkErrorCode(error)
  if (code && isTlsErrorCode(code)) return untrusted(code, context)
  if (!proxy) return error
  if (code) return networkError(viaProxy(code, url, proxy), proxyHints(proxy), code)
  if (isTimeout(error))
    return networkError(`${url.origin} did not answer in time, through ${nameOf(proxy)}.`, proxyHints(proxy))
  return error
}

const networkError = (message: string, suggestions: Suggestion[], code?: string): AuthError =>
  new AuthError('NETWORK_ERROR', message, suggestions, code ? {cause: Object.assign(new Error(code), {code})} : {})

const nameOf = ({url, variable}: Proxy): string => `the proxy ${cleanText(url.host, 120)} (${variable})`

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const proxyHints = ({variable}: Proxy): Suggestion[] => [
  `Check ${variable} and the network connection. Hosts that need no proxy are named in NO_PROXY.`,
]

/** undici tells the status of an answer to CONNECT in words only, and 407 to a request in others. */
function refusedWith(error: unknown): number | undefined {
  for (const link of errorChain(error)) {
    if (link instanceof ProxyRefusal) return link.status
    const said = link instanceof Error && /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(link.message)
    if (said) return Number(said[1])
  }

  return undefined
}

function proxyRefused(status: number, {url, proxy}: FailureContext): AuthError {
  const name = proxy ? nameOf(proxy) : `a proxy on the way to ${url.origin}`
  if (status === 407) {
    const given = proxy?.url.username ? ', and did not accept those it was given' : ''
    const variable = proxy?.variable ?? 'HTTPS_PROXY'
    return networkError(`${capital(name)} asks for a user name and password${given} (HTTP 407).`, [
      `Set ${variable} to http://USER:PASSWORD@HOST:PORT, with special characters in percent encoding.`,
    ])
  }

  // A gateway that failed may be back in a moment; a ban will not.
  const code = status >= 500 ? 'UND_ERR_ABORTED' : undefined
  return networkError(
    `${capital(name)} did not let a connection through to ${url.host} (HTTP ${status}).`,
    ['Ask who runs the proxy whether it lets that host through, or name the host in NO_PROXY if it needs no proxy.'],
    code,
  )
}

/** With a tunnel, the one that is connected to is the proxy. */
function viaProxy(code: string, url: URL, proxy: Proxy): string {
  return NOT_CONNECTED.has(code)
    ? `${capital(nameOf(proxy))} cannot be reached (${code}).`
    : `The connection to ${url.origin} through ${nameOf(proxy)} broke off (${code}).`
}

const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])

async function untrusted(code: string, context: FailureContext): Promise<AuthError> {
  const {url, proxy} = context
  const place = `The TLS certificate of ${url.origin}`
  const [behind, via] = proxy ? [`, behind ${nameOf(proxy)},`, ` through ${nameOf(proxy)}`] : ['', '']
  if (UNKNOWN_ISSUER.test(code)) {
    const {peekIssuer} = await import('./peek-issuer.js')
    const issuer = await peekIssuer(url, proxy)
    const reason = issuer
      ? `it is signed by ${JSON.stringify(issuer)}, which this computer does not trust`
      : 'this computer does not trust who signed it'
    return networkError(`${place}${behind} cannot be verified: ${reason} (${code}).`, await trustHints(context))
  }

  if (/ALTNAME|HOSTNAME/.test(code)) {
    return networkError(`${place}${behind} cannot be verified: it is for another name (${code}).`, [
      'Check the URL; the sign-in page of this network or a proxy may be answering in its place.',
    ])
  }

  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return networkError(`${place}${behind} cannot be verified: it is not valid now (${code}).`, [
      'Check the date and time of this computer.',
    ])
  }

  return networkError(`No TLS connection to ${url.origin} could be made${via} (${code}).`, [
    'Check whether the URL, or that of the proxy, has to begin with http:// or https://.',
  ])
}

const UNKNOWN_ISSUER = /SELF_SIGNED|UNABLE_TO_|CERT_UNTRUSTED|INVALID_CA/

async function trustHints({env, nativeTls}: FailureContext): Promise<Suggestion[]> {
  const extra = env['NODE_EXTRA_CA_CERTS']?.trim()
  const {readCertificates} = await import('./trusted-certificates.js')
  const state = !extra
    ? undefined
    : readCertificates(extra).length > 0
      ? `NODE_EXTRA_CA_CERTS is ${cleanText(extra)}, which does not have the certificate that signed it.`
      : `NODE_EXTRA_CA_CERTS is ${cleanText(extra)}, where no certificate can be read.`
  return [
    ...(state ? [state] : []),
    'If a proxy of your company looks into connections, set NODE_EXTRA_CA_CERTS to the file with its certificate (PEM).',
    ...(nativeTls ? [] : ['or pass --native-tls, if your browser trusts it: then the system does.']),
    'If you know of no such proxy, somebody may be listening. Nothing secret was sent.',
  ]
}
