import type {Secret} from '../secret.js'
import {AuthError, isAuthError, suggest, type Suggestion} from '../errors.js'
import type {Ask, Reply} from '../http/reply.js'
import {BodyTooLarge, isTimeout, isTlsErrorCode, networkErrorCode, pause} from '../http/bounded-fetch.js'
import {retryAfterSeconds} from '../http/transient-status.js'
import {cleanText} from '../untrusted/clean-text.js'
import {
  type CreatedKey,
  IllShapedReply,
  isObject,
  type OidcDiscovery,
  type Organization,
  type Project,
  readCreatedKey,
  readDetail,
  readOidcDiscovery,
  readOrganizations,
  readProjects,
  readUser,
  readVersion,
  type ServerVersion,
  type User,
} from './replies.js'

/**
 * One control plane, asked with one credential. Every method rejects with an `AuthError`: `CREDENTIAL_REJECTED` (401,
 * 403), `NETWORK_ERROR` (no answer), `SERVER_ERROR` (an answer that cannot be used, naming endpoint and request id).
 */
export interface ControlPlaneClient {
  /** Needs no credential. */
  version(): Promise<ServerVersion>
  /** Needs no credential. Rejects with `LOGIN_NOT_SUPPORTED` where browser login is not set up. */
  oidcDiscovery(): Promise<OidcDiscovery>
  me(): Promise<User>
  /** Empty where the server does not know organizations. */
  organizations(): Promise<Organization[]>
  /** Of one organization, or of every one the person can see. */
  projects(orgId?: string): Promise<Project[]>
  /** Mints a key that is not bound to a project. `key` is shown by the server this once. */
  createApiKey(name: string): Promise<CreatedKey>
  /** True when the server deleted it, false when it did not know it (any more). */
  deleteApiKey(id: string): Promise<boolean>
}

export interface ControlPlaneOptions {
  /** Without a trailing slash; paths are appended to it. */
  apiUrl: string
  /** An API key or an access token. */
  bearer?: Secret | undefined
  fetch: Ask
  signal?: AbortSignal | undefined
  /** `fetch` adds a credential by itself. */
  isAuthorised?: boolean
}

/** One request of JSON and its answer, whatever the status. */
export function createRequest({apiUrl, bearer, fetch, isAuthorised = false}: ControlPlaneOptions) {
  return async (method: string, path: string, body?: object): Promise<Answer> => {
    const endpoint = `${method} ${apiUrl}${path}`
    const headers: Record<string, string> = {accept: 'application/json'}
    if (bearer && path !== VERSION && path !== OIDC_DISCOVERY) headers['authorization'] = `Bearer ${bearer.reveal()}`
    if (body) headers['content-type'] = 'application/json'
    try {
      const response = await fetch(apiUrl + path, {method, headers, ...(body && {body: JSON.stringify(body)})})
      const hasBearer = isAuthorised || 'authorization' in headers
      return {endpoint, hasBearer, response, reply: await readJson(response)}
    } catch (error) {
      throw unreachable(error, endpoint, apiUrl)
    }
  }
}

export function createControlPlaneClient(options: ControlPlaneOptions): ControlPlaneClient {
  const {apiUrl, signal} = options
  const request = createRequest(options)
  const get = (path: string): Promise<Answer> => request('GET', path)

  return {
    version: async () => readAs(readVersion, await get(VERSION)),

    async oidcDiscovery() {
      const answer = await get(OIDC_DISCOVERY)
      if ([400, 404, 501].includes(answer.response.status)) throw loginNotSupported(apiUrl, readDetail(answer.reply))
      return readAs(readOidcDiscovery, answer)
    },

    me: async () => readAs(readUser, await get('/api/v1/auth/me')),

    async organizations() {
      const answer = await get('/api/v1beta1/deployments/organizations')
      return [404, 405, 501].includes(answer.response.status) ? [] : readAs(readOrganizations, answer)
    },

    async projects(orgId) {
      const query = orgId === undefined ? '' : `?org_id=${inUrl(orgId)}`
      return readAs(readProjects, await get(`/api/v1beta1/deployments/list-projects${query}`))
    },

    async createApiKey(name) {
      for (let attempt = 0; ; attempt++) {
        try {
          return readAs(readCreatedKey, await request('POST', API_KEYS, {name, project_id: null}))
        } catch (error) {
          // Not idempotent: tried again only where the request cannot have reached the server.
          if (attempt >= 2 || !neverSent(error)) throw error
          await pause(1000 * 2 ** attempt, signal)
        }
      }
    },

    async deleteApiKey(id) {
      const answer = await request('DELETE', `${API_KEYS}/${inUrl(id)}`)
      // A key is not gone because a captive portal says "200" or "404" to everything.
      if ((answer.response.ok || answer.response.status === 404) && answer.reply === undefined) throw notJson(answer)
      if (answer.response.status === 404) return false
      if (!answer.response.ok) throw refusal(answer)
      return true
    },
  }
}

const VERSION = '/api/v1beta1/deployments-public/version'
const OIDC_DISCOVERY = '/api/v1/auth/oidc/discovery'
const API_KEYS = '/api/v1/api-keys'

const LOG_IN_AGAIN = [
  suggest('auth:login', '', 'to log in again with a browser'),
  suggest('auth:token', '', 'to log in with another API key'),
]

/** An id may come out of a file that somebody edited. URLs swallow dots as path segments, however they are encoded. */
function inUrl(id: string): string {
  if (id !== '' && id !== '.' && id !== '..' && !/\p{Cs}/u.test(id)) return encodeURIComponent(id)
  throw new AuthError('SERVER_ERROR', `${JSON.stringify(cleanText(id))} is no id that a server can be asked for.`)
}

export interface Answer {
  endpoint: string
  /** Whether a credential was sent. */
  hasBearer: boolean
  response: Reply
  /** Undefined when the body is not JSON, null when there is none. */
  reply: unknown
}

async function readJson(response: Reply): Promise<unknown> {
  const body = await response.text()
  if (body === '') return null
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

function readAs<T>(read: (reply: unknown) => T, answer: Answer): T {
  if (!answer.response.ok) throw refusal(answer)
  if (!isObject(answer.reply)) throw notJson(answer)
  try {
    return read(answer.reply)
  } catch (error) {
    if (!(error instanceof IllShapedReply)) throw error
    throw unusable(answer, error.message)
  }
}

const unusable = (answer: Answer, why: string): AuthError =>
  new AuthError('SERVER_ERROR', `${answer.endpoint} gave an answer that cannot be used: ${why}${trace(answer)}.`)

/** The same for an endpoint that is not ours: whatever `read` throws is about the answer. */
export function readWith<T>(read: (reply: unknown) => T, answer: Answer): T {
  if (!answer.response.ok) throw refusal(answer)
  if (answer.reply === undefined) throw notJson(answer)
  try {
    return read(answer.reply)
  } catch (error) {
    if (isAuthError(error) || !(error instanceof Error)) throw error
    throw unusable(answer, cleanText(error.message))
  }
}

function refusal(answer: Answer): AuthError {
  const {endpoint, response, reply} = answer
  const detail = readDetail(reply)
  const because = (detail ? `: ${detail}` : '') + trace(answer)
  if (response.status === 401 && answer.hasBearer) {
    return new AuthError('CREDENTIAL_REJECTED', `The server does not accept this credential${because}.`, LOG_IN_AGAIN)
  }

  if (response.status === 403 && answer.hasBearer) {
    return new AuthError(
      'CREDENTIAL_REJECTED',
      `The server does not let this credential do that${because}.`,
      LOG_IN_AGAIN,
    )
  }

  if (response.status >= 300 && response.status < 400) {
    const target = cleanText(response.headers.get('location')) || 'another place'
    return new AuthError('SERVER_ERROR', `${endpoint} was redirected to ${target}.`, [
      'Check the URL of the environment, or sign in to this network first (a captive portal redirects like this).',
    ])
  }

  if (response.status < 500 && response.status !== 429 && !isObject(reply)) return notJson(answer)
  return new AuthError('SERVER_ERROR', `${endpoint} answered HTTP ${response.status}${because}.`, whatNow(response))
}

/** 511 is what a captive portal answers by the book (RFC 6585 §6). */
function whatNow(response: Reply): Suggestion[] {
  if (response.status === 511) return ['Sign in to this network first, in a browser.']
  const isPage = /html/i.test(response.headers.get('content-type') ?? '')
  const wait = retryAfterSeconds(response)
  return [
    ...(wait ? [`The server asks to wait ${wait} seconds before the next try.`] : []),
    ...(isPage ? ['It answered with a web page: a proxy or a captive portal may be answering in its place.'] : []),
  ]
}

function notJson(answer: Answer): AuthError {
  const type = cleanText(answer.response.headers.get('content-type'), 60) || 'no content type'
  return new AuthError(
    'SERVER_ERROR',
    `${answer.endpoint} answered HTTP ${answer.response.status} with something that is not JSON (${type})${trace(answer)}.`,
    ['Check the URL of the environment; a proxy or a captive portal may be answering in its place.'],
  )
}

function trace({response}: Answer): string {
  const id = cleanText(response.headers.get('x-request-id') ?? response.headers.get('x-correlation-id'), 80)
  return id ? ` (request id ${id})` : ''
}

function loginNotSupported(apiUrl: string, detail?: string): AuthError {
  return new AuthError('LOGIN_NOT_SUPPORTED', `${apiUrl} has no browser login${detail ? `: ${detail}` : ''}.`, [
    suggest('auth:token', '', 'to use an API key'),
  ])
}

/** An aborted request rejects with the signal's reason, which is passed on as it is. */
export function unreachable(error: unknown, endpoint: string, apiUrl: string): unknown {
  if (error instanceof BodyTooLarge) return new AuthError('SERVER_ERROR', `${endpoint} sent more than can be read.`)
  const code = networkErrorCode(error)
  // The network has said more about it already.
  if (isAuthError(error)) return code ? Object.assign(error, {network: code}) : error
  if (code && isTlsErrorCode(code)) {
    return new AuthError('NETWORK_ERROR', `The TLS certificate of ${apiUrl} cannot be verified (${code}).`, [
      'Behind a company proxy, set NODE_EXTRA_CA_CERTS to its certificate.',
    ])
  }

  if (code)
    return Object.assign(new AuthError('NETWORK_ERROR', `${apiUrl} cannot be reached (${code}).`), {network: code})
  if (isTimeout(error)) return new AuthError('NETWORK_ERROR', `${apiUrl} did not answer in time.`)
  // The message of a TypeError is not shown: one about a header quotes the header.
  if (error instanceof TypeError) return new AuthError('NETWORK_ERROR', `${apiUrl} cannot be reached.`)
  return error
}

const neverSent = (error: unknown): boolean =>
  error instanceof AuthError &&
  'network' in error &&
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(String(error.network))
