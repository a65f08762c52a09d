interface Cookie {
  name: string
  value: string
  host: string
  path: string
  /** Milliseconds since the epoch. */
  expires: number
}

/** As much of RFC 6265 as a scripted browser on loopback needs: host, path, expiry. */
export interface CookieJar {
  /** The `Cookie` header for a URL, or `undefined`. */
  headerFor(url: URL): string | undefined
  keep(url: URL, setCookies: readonly string[]): void
}

export function createCookieJar(): CookieJar {
  let cookies: Cookie[] = []

  return {
    headerFor(url) {
      const matching = cookies.filter((cookie) => isFor(cookie, url) && cookie.expires > Date.now())
      return matching.length === 0 ? undefined : matching.map(({name, value}) => `${name}=${value}`).join('; ')
    },

    keep(url, setCookies) {
      for (const line of setCookies) {
        const cookie = parseSetCookie(line, url)
        cookies = [...cookies.filter((known) => !isSame(known, cookie)), cookie]
      }
    },
  }
}

function parseSetCookie(line: string, url: URL): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => split(part.trim()))
  const [name, value] = pair
  const attribute = (wanted: string): string | undefined =>
    attributes.find(([key]) => key?.toLowerCase() === wanted)?.[1]
  const expires = attribute('expires')
  return {
    name: name ?? '',
    value: value ?? '',
    host: url.host,
    path: attribute('path') ?? '/',
    expires: expires === undefined ? Infinity : Date.parse(expires),
  }
}

function split(part: string): [string, string] {
  const at = part.indexOf('=')
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
}

const isFor = ({host, path}: Cookie, url: URL): boolean =>
  host === url.host && (url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))

const isSame = (a: Cookie, b: Cookie): boolean => a.name === b.name && a.host === b.host && a.path === b.path
