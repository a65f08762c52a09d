import {ResponseBodyError} from 'openid-client'

import type {Secret} from '../secret.js'
import {AuthError, isAuthError, suggest, type Suggestion} from '../errors.js'
import {BodyTooLarge} from '../http/bounded-fetch.js'
import {errorChain, isTimeout, isTlsErrorCode, networkErrorCode} from '../http/network-error.js'
import {cleanText} from '../untrusted/clean-text.js'
import {parseUrl} from '../untrusted/parse-url.js'
import {FailedRequest} from './endpoint-fetch.js'

/**
 * The one place where errors of openid-client and of the network become errors for a person. They are never passed on as
 * `cause`: theirs hold whole token answers, and oclif prints causes. For the same reason nothing of a body is quoted but
 * the OAuth `error` and `error_description`, cleaned, and with the secrets that were sent blotted out.
 *
 * @param endpoint the endpoint that was asked, named where the error itself does not know
 */
export function oidcError(error: unknown, endpoint: string, secrets: Secret[] = []): AuthError {
  const chain = errorChain(error)
  return (
    chain.find(isAuthError) ??
    oauthError(chain, endpoint, secrets) ??
    unansweredRequest(error, chain, endpoint) ??
    unexpectedAnswer(chain) ??
    unusableAnswer(chain, endpoint)
  )
}

/** For an error that arose from tokens which were already issued: nothing on the network went wrong, they are bad. */
export function tokenError(error: unknown, endpoint: string): AuthError {
  const chain = errorChain(error)
  const known = chain.find(isAuthError) ?? unansweredRequest(error, chain, endpoint) ?? unexpectedAnswer(chain)
  if (known) return known
  if (libraryCode(chain) === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return wrongClock(endpoint)
  return untrustedTokens(endpoint, libraryMessage(chain))
}

export const untrustedTokens = (endpoint: string, reason: string): AuthError =>
  new AuthError('LOGIN_FAILED', `The tokens that ${nameOf(endpoint)} issued cannot be trusted: ${reason}.`)

export const wrongClock = (endpoint: string): AuthError =>
  new AuthError('LOGIN_FAILED', `The ID token that ${nameOf(endpoint)} issued is not valid at this computer's time.`, [
    'Check the date, time and time zone of this computer.',
  ])

/** The provider lacks what this way to log in needs. */
export const loginNotSupported = (why: string, ...otherWays: Suggestion[]): AuthError =>
  new AuthError('LOGIN_NOT_SUPPORTED', `The identity provider does not support this login: ${why}.`, [
    ...otherWays,
    suggest('auth:token', undefined, 'to use an API key instead'),
  ])

/** Host and path: enough to know the endpoint by, without a query that might hold something. */
export function nameOf(endpoint: string): string {
  const url = parseUrl(endpoint)
  if (!url) return 'the identity provider'
  const {host, pathname} = url
  return cleanText(`${host}${pathname === '/' ? '' : pathname}`, 120)
}

/** The answer that an error is about, if it is about one. */
export function responseOf(error: unknown): Response | undefined {
  const chain = errorChain(error)
  return chain.find(isResponse) ?? chain.find(isOAuthError)?.response
}

/** The OAuth `error` code of an answer (RFC 6749 §5.2), as the server spelled it. */
export const oauthCode = (error: unknown): string | undefined => errorChain(error).find(isOAuthError)?.error

const isOAuthError = (link: unknown): link is ResponseBodyError => link instanceof ResponseBodyError
const isResponse = (link: unknown): link is Response => link instanceof Response

function oauthError(chain: unknown[], endpoint: string, secrets: Secret[]): AuthError | undefined {
  const found = chain.find(isOAuthError)
  if (!found) return undefined
  const [code, description] = [found.error, found.error_description].map((text) => cleanText(without(text, secrets)))
  return new AuthError(
    'LOGIN_FAILED',
    `${nameOf(found.response.url || endpoint)} refused: ${code?.slice(0, 60)}${description ? ` (${description})` : ''}.`,
  )
}

function unansweredRequest(error: unknown, chain: unknown[], endpoint: string): AuthError | undefined {
  const failed = chain.find((link) => link instanceof FailedRequest)
  const name = nameOf(failed?.endpoint ?? endpoint)
  if (chain.some((link) => link instanceof BodyTooLarge)) {
    return new AuthError('SERVER_ERROR', `The answer of ${name} is too large.`, [CAPTIVE_PORTAL])
  }

  const code = networkErrorCode(error)
  if (code && isTlsErrorCode(code)) {
    return new AuthError('NETWORK_ERROR', `The TLS connection to ${name} cannot be trusted (${code}).`, tlsHints(code))
  }

  if (code) return new AuthError('NETWORK_ERROR', `Cannot reach ${name} (${code}).`, [CHECK_NETWORK])
  if (isTimeout(error)) return new AuthError('NETWORK_ERROR', `${name} did not answer in time.`, [CHECK_NETWORK])
  return failed && new AuthError('NETWORK_ERROR', `Cannot reach ${name}.`, [CHECK_NETWORK])
}

function unexpectedAnswer(chain: unknown[]): AuthError | undefined {
  const response = chain.find(isResponse)
  if (!response) return undefined
  const {status, headers} = response
  const type = cleanText(headers.get('content-type')?.split(';', 1)[0] ?? 'no content type', 60)
  const isRedirect = status >= 300 && status < 400
  const isPage = isRedirect || /html/i.test(type)
  return new AuthError(
    'SERVER_ERROR',
    isRedirect
      ? `${nameOf(response.url)} redirected the request, which is never followed (HTTP ${status}).`
      : `${nameOf(response.url)} gave an unexpected answer (HTTP ${status}, ${type}).`,
    isPage ? [CAPTIVE_PORTAL] : [],
  )
}

const unusableAnswer = (chain: unknown[], endpoint: string): AuthError =>
  new AuthError('SERVER_ERROR', `The answer of ${nameOf(endpoint)} is not usable: ${libraryMessage(chain)}.`)

function libraryCode(chain: unknown[]): string | undefined {
  return chain.map(codeOf).find((code) => code !== undefined)
}

/**
 * The sentence of oauth4webapi, which is made of fixed text and field names only. It stands on the innermost link with
 * the library's code; further in there may be a SyntaxError, and V8 quotes the text it could not parse.
 */
function libraryMessage(chain: unknown[]): string {
  const link = chain.findLast((link) => codeOf(link) !== undefined)
  if (!(link instanceof Error)) return 'it could not be read'
  return cleanText(link.message.replace(/^"response" /, 'its ').replace('its body must', 'it must'))
}

const codeOf = (link: unknown): string | undefined =>
  link instanceof Error && 'code' in link && typeof link.code === 'string' && link.code.startsWith('OAUTH_')
    ? link.code
    : undefined

const without = (text: unknown, secrets: Secret[]): unknown =>
  typeof text === 'string' ? secrets.reduce((rest, secret) => rest.replaceAll(secret.reveal(), `${secret}`), text) : ''

const CHECK_NETWORK = 'Check the network connection, then try again.'
const CAPTIVE_PORTAL = 'A proxy or the sign-in page of this network may be answering instead of the server.'

const tlsHints = (code: string): Suggestion[] => [
  /EXPIRED|NOT_YET_VALID/.test(code)
    ? 'Check the date and time of this computer.'
    : 'Behind a company proxy, set NODE_EXTRA_CA_CERTS to the file with its certificate.',
]
