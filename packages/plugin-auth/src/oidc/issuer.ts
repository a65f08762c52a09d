import {
  allowInsecureRequests,
  clockTolerance,
  Configuration,
  customFetch,
  enableNonRepudiationChecks,
  None,
  setJwksCache,
} from 'openid-client'

import type {BoundedFetch} from '../http/bounded-fetch.js'
import type {EarlyKeys} from './early-keys.js'
import {createEndpointFetch, type IssuedTokens} from './endpoint-fetch.js'

/** The part of the server metadata that is used, checked: every URL is safe and every algorithm asymmetric. */
export interface IssuerMetadata {
  readonly issuer: string
  /** Absent where the provider knows no device flow. */
  readonly device_authorization_endpoint?: string
  /** Absent where it knows no authorization code flow. */
  readonly authorization_endpoint?: string
  readonly token_endpoint: string
  readonly jwks_uri: string
  readonly userinfo_endpoint?: string
  readonly revocation_endpoint?: string
  readonly id_token_signing_alg_values_supported: string[]
  readonly userinfo_signing_alg_values_supported?: string[]
  /** The provider says who it is in each answer by way of the browser (RFC 9207). */
  readonly authorization_response_iss_parameter_supported?: true
  readonly response_types_supported?: string[]
  readonly code_challenge_methods_supported?: string[]
}

/** An identity provider that passed discovery, and the client we are to it. */
export interface Issuer {
  readonly metadata: IssuerMetadata
  readonly clientId: string
  readonly allowLoopback: boolean
  readonly fetch: BoundedFetch
  readonly earlyKeys?: EarlyKeys
}

export interface RequestOptions {
  /** Ends the requests at once; the rejection is the signal's reason. */
  signal?: AbortSignal | undefined
}

/** openid-client's view of an issuer, made anew for each grant so that no grant sees another one's signal or tokens. */
export function configure(
  {metadata, clientId, allowLoopback, fetch, earlyKeys}: Issuer,
  {signal, onIssued}: RequestOptions & {onIssued?: (tokens: IssuedTokens) => void} = {},
): Configuration {
  // A public client: the command line can keep no client secret (RFC 8252 §8.5), hence `None`.
  const configuration = new Configuration(
    {...metadata},
    clientId,
    {[clockTolerance]: CLOCK_TOLERANCE} as Record<symbol, number>,
    None(),
  )
  configuration[customFetch] = createEndpointFetch(fetch, {signal, onIssued})
  // 0 turns the library's own timer off: the bounded fetch has one for each try, this one would cut a second try short.
  configuration.timeout = 0
  if (allowLoopback) allowInsecureRequests(configuration)
  const keys = earlyKeys?.found()
  if (keys) setJwksCache(configuration, keys)
  // Without it the library believes an ID token from the token endpoint unsigned (OIDC Core §3.1.3.7 lets it).
  enableNonRepudiationChecks(configuration)
  return configuration
}

/** Seconds that a token may be past its `exp` or before its `nbf`. */
const CLOCK_TOLERANCE = 60
