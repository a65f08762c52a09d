import type {ExportedJWKSCache} from 'openid-client'
import {createEndpointFetch} from './endpoint-fetch.js'
import type {Issuer, RequestOptions} from './issuer.js'

/**
 * The keys that ID tokens are checked with, asked for while a person still decides: one round trip less afterwards. Best
 * effort; where they are not there in time, or are not what they should be, openid-client asks for them itself.
 */
export interface EarlyKeys {
  fetch(options: RequestOptions): void
  found(): ExportedJWKSCache | undefined
  /** Ends a request that is still under way: it would keep the process from ending. */
  stop(): void
}

export function createEarlyKeys({fetch, metadata}: Pick<Issuer, 'fetch' | 'metadata'>): EarlyKeys {
  const controller = new AbortController()
  let keys: ExportedJWKSCache | undefined

  async function fetchKeys({signal}: RequestOptions): Promise<void> {
    // Not AbortSignal.any, which may be collected with nobody told.
    signal?.addEventListener('abort', () => controller.abort(), {once: true})
    const request = createEndpointFetch(fetch, {signal: controller.signal})
    const headers = {accept: 'application/json, application/jwk-set+json'}
    const response = await request(metadata.jwks_uri, {method: 'GET', headers, body: null, redirect: 'manual'})
    if (response.status === 200) keys = {jwks: (await response.json()) as ExportedJWKSCache['jwks'], uat: fetchedAt()}
  }

  return {
    fetch: (options) => void fetchKeys(options).catch(() => undefined),
    found: () => keys,
    stop: () => controller.abort(),
  }
}

/**
 * Measured with oauth4webapi 3: an unknown `kid` is asked for anew only when the keys are older than 60 seconds, and keys
 * older than 300 are not used. These were fetched before the provider signed, and may lack a key that came since.
 */
const fetchedAt = (): number => Math.floor(Date.now() / 1000) - 61
