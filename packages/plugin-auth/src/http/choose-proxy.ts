import {BlockList, isIP} from 'node:net'
import {AuthError} from '../errors.js'
import {parseUrl} from '../untrusted/parse-url.js'
import {isLoopback} from '../untrusted/safe-url.js'

export interface Proxy {
  /** With the credentials, which are never shown. */
  url: URL
  /** The variable that names it, as it is spelled in the environment. */
  variable: string
}

/**
 * The proxy for a URL, as curl and Go read the variables: the one for its scheme, else `ALL_PROXY`; lower case wins, and
 * an empty one says nothing. Never for this machine: a development server would be asked of somebody else. Throws `USAGE`
 * for one that cannot be used, and does not go round it: whoever set it may not want to be seen from outside.
 */
export function chooseProxy(url: URL, env: NodeJS.ProcessEnv): Proxy | undefined {
  if (isLoopback(url)) return undefined
  const scheme = url.protocol.replace(':', '')
  const variable = [`${scheme}_proxy`, 'all_proxy']
    .flatMap((name) => [name, name.toUpperCase()])
    .find((name) => env[name]?.trim())
  if (variable === undefined || isExempt(url, [env['no_proxy'], env['NO_PROXY']].find((value) => value?.trim()) ?? ''))
    return undefined
  return {url: readProxyUrl(variable, env[variable]?.trim() ?? ''), variable}
}

/** Of the value nothing is quoted: there may be a password in it. */
function readProxyUrl(variable: string, value: string): URL {
  const url = parseUrl(value.includes('://') ? value : `http://${value}`)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  const isSocks = url?.protocol.startsWith('socks')
  throw new AuthError(
    'USAGE',
    isSocks ? `${variable} names a SOCKS proxy, which is not supported.` : `${variable} is not the URL of a proxy.`,
    [
      'Name an HTTP proxy in HTTPS_PROXY, for example HTTPS_PROXY=http://proxy.example.com:3128',
      'or name the host that needs none in NO_PROXY.',
    ],
  )
}

/**
 * `NO_PROXY` as curl reads it: names with everything below them, addresses, address ranges, each with a port or without,
 * and `*` for all. A dot or `*.` before a name changes nothing.
 */
function isExempt({hostname, port, protocol}: URL, list: string): boolean {
  const host = bare(hostname)
  const actualPort = port || (protocol === 'https:' ? '443' : '80')
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return isInRange(host, entry)
      const [, name = '', wantedPort] = (isIP(entry) === 6 ? undefined : /^(.*?)(?::(\d+))?$/.exec(entry)) ?? [
        entry,
        entry,
      ]
      if (wantedPort !== undefined && wantedPort !== actualPort) return false
      const wanted = spelled(name.replace(/^\*?\./, ''))
      return wanted !== '' && (host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`)))
    })
}

/** As `URL` spells it: lower case, `xn--` for other letters. */
function spelled(name: string): string {
  const url = parseUrl(`http://${isIP(name) === 6 ? `[${name}]` : name}`)
  return url ? bare(url.hostname) : ''
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')

function isInRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), type)
  return list.check(host, type)
}
