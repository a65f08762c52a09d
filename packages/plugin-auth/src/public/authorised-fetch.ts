import {isAuthError} from '../errors.js'
import type {BoundedFetch} from '../http/bounded-fetch.js'
import {unreachable} from '../control-plane/control-plane-client.js'
import type {Secret} from '../secret.js'
import type {AuthFetch} from './connection.js'
import type {Credential, Identity} from './identity.js'

export interface AuthorisedFetchPorts {
  identity: Identity
  requireCredential(): Promise<Credential>
  /** Loaded when the first request is made. */
  boundedFetch(): Promise<BoundedFetch>
}

/** See `AuthFetch`. */
export function createAuthorisedFetch({identity, requireCredential, boundedFetch}: AuthorisedFetchPorts): AuthFetch {
  const {apiUrl, projectId} = identity
  const {origin} = new URL(apiUrl)
  /** What the server took last, or what it is to be asked with. */
  let bearer: Secret | null | undefined
  let renewing: Promise<Secret | undefined> | undefined

  async function send(url: URL, init: RequestInit): Promise<Response> {
    const fetch = await boundedFetch()
    try {
      return await fetch(url, init)
    } catch (error) {
      throw unreachable(error, `${init.method ?? 'GET'} ${url.origin}${url.pathname}`, url.origin)
    }
  }

  /** Undefined: there is nothing else to try. */
  async function renewed(rejected: Secret): Promise<Secret | undefined> {
    if (bearer && !bearer.equals(rejected)) return bearer
    if (identity.authType !== 'oidc') return undefined
    const {accessToken} = await requireCredential()
    try {
      return (bearer = (await accessToken({rejected})).token)
    } catch (error) {
      if (isAuthError(error) && error.code === 'CREDENTIAL_REJECTED') return undefined
      throw error
    }
  }

  return async (target, init = {}) => {
    const url = urlOf(apiUrl, target)
    const given = new Headers(init.headers)
    if (url.origin !== origin || given.has('authorization')) return send(url, init)
    if (projectId !== null && !given.has('project-id') && !url.searchParams.has('project_id'))
      given.set('project-id', projectId)
    const ask = (secret: Secret | null): Promise<Response> => {
      const headers = new Headers(given)
      if (secret) headers.set('authorization', `Bearer ${secret.reveal()}`)
      return send(url, {...init, headers})
    }

    bearer ??= (await requireCredential()).apiKey
    for (let secret = bearer, tries = 1; ; tries++) {
      const response = await ask(secret)
      if (response.status !== 401 || !secret || tries > RENEWALS || init.body instanceof ReadableStream) return response
      renewing ??= renewed(secret).finally(() => (renewing = undefined))
      const other = await renewing
      if (!other) return response
      secret = other
    }
  }
}

/** The access token that is kept, then one that is new. */
const RENEWALS = 2

/** As paths are appended everywhere: `https://host/prefix` keeps its prefix. */
function urlOf(apiUrl: string, target: string | URL): URL {
  return new URL(typeof target === 'string' && target.startsWith('/') ? apiUrl + target : target)
}
