import {parseUrl} from './parse-url.js'

/** Why a URL is refused: a sentence without a full stop, to be put behind the name of what it is for. */
export type UrlRefusal = {url?: undefined; reason: string}

/**
 * Narrows a URL that somebody else chose: `https` to anywhere, or `http` to this machine where `allowLoopback` says so;
 * no credentials in it, no control or invisible characters, at most 2,048 characters. Show and open its `href`, never
 * the text it came as: a host in letters that look alike reads `xn--…` there.
 */
export function safeUrl(value: unknown, {allowLoopback}: {allowLoopback: boolean}): {url: URL} | UrlRefusal {
  const url = typeof value === 'string' && value.length <= LONGEST ? parseUrl(value) : undefined
  if (!url || url.href.length > LONGEST) return {reason: 'is not a valid URL'}
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u.test(String(value))) return {reason: 'has control characters or spaces in it'}
  if (url.username || url.password) return {reason: 'has a user name or password in it'}
  if (url.protocol === 'https:') return {url}
  if (url.protocol === 'http:' && allowLoopback && isLoopback(url)) return {url}
  return {reason: 'is not an https URL'}
}

/** 127.0.0.0/8, ::1 and localhost. `URL` has already turned 127.1 and 0x7f000001 into dotted form. */
export const isLoopback = ({hostname}: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

const LONGEST = 2048
