import type {CustomFetch} from 'openid-client'

import {Secret} from '../secret.js'
import type {BoundedFetch} from '../http/bounded-fetch.js'

/** What a token endpoint has handed out, known before any of it is verified. */
export interface IssuedTokens {
  refreshToken?: Secret
}

/** A request that got no answer. openid-client's errors do not say which of the endpoints it was. */
export class FailedRequest extends Error {
  constructor(
    readonly endpoint: string,
    cause: unknown,
  ) {
    super('The request got no answer', {cause})
  }
}

/**
 * The fetch that openid-client gets. It lets the library see the OAuth error in answers that it would take for something
 * else, and tells when a token endpoint has issued tokens: from then on the code or refresh token that was sent is spent.
 */
export function createEndpointFetch(
  fetch: BoundedFetch,
  {signal, onIssued}: {signal?: AbortSignal | undefined; onIssued?: ((tokens: IssuedTokens) => void) | undefined},
): CustomFetch {
  return async (url, init) => {
    let response: Response
    try {
      response = await fetch(url, {...init, signal: signal ?? null} as RequestInit)
    } catch (error) {
      signal?.throwIfAborted()
      throw new FailedRequest(url, error)
    }

    if (init.method !== 'POST') return response
    // A public client never answers a challenge, and with the header the library hides the OAuth error of the body.
    response.headers.delete('www-authenticate')
    if (response.status !== 200) return response

    const body = await jsonObject(response.clone())
    if (typeof body?.['access_token'] === 'string' && body['access_token'] !== '') {
      const refreshToken = body['refresh_token']
      onIssued?.(
        typeof refreshToken === 'string' && refreshToken !== '' ? {refreshToken: new Secret(refreshToken)} : {},
      )
      return response
    }

    // Some servers (GitHub is one) answer 200 with an error; RFC 6749 §5.2 says 400, and the library reads only that.
    return typeof body?.['error'] === 'string' && !('device_code' in body) ? asBadRequest(response) : response
  }
}

async function jsonObject(response: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function asBadRequest(response: Response): Response {
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  return Object.defineProperty(new Response(response.body, {status: 400, headers}), 'url', {value: response.url})
}
