import {allowInsecureRequests, customFetch, discovery, None} from 'openid-client'

import {AuthError} from '../errors.js'
import type {BoundedFetch} from '../http/bounded-fetch.js'
import {cleanText} from '../untrusted/clean-text.js'
import {safeUrl} from '../untrusted/safe-url.js'
import {createEndpointFetch} from './endpoint-fetch.js'
import type {Issuer, IssuerMetadata, RequestOptions} from './issuer.js'
import {loginNotSupported, nameOf, oidcError} from './oidc-error.js'

export interface DiscoverIssuerOptions extends RequestOptions {
  /** Of the provider's `openid-configuration`, as the control plane names it. */
  discoveryUrl: string
  clientId: string
  /** Only where the control plane itself is `http` on this machine: an https one never leads to http. */
  allowLoopback: boolean
  fetch: BoundedFetch
}

/**
 * Reads the provider's metadata and refuses it before anything is shown to a person or sent to an endpoint: wrong
 * issuer, unsafe URL, missing endpoint, no asymmetric algorithm.
 */
export async function discoverIssuer(options: DiscoverIssuerOptions): Promise<Issuer> {
  const {discoveryUrl, clientId, allowLoopback, fetch} = options
  const found = await readMetadata(options)
  requireIssuer(found['issuer'], discoveryUrl)
  return {metadata: narrowMetadata(found, options), clientId, allowLoopback, fetch}
}

type FoundMetadata = Record<string, unknown>

const SUFFIX = '/.well-known/openid-configuration'

async function readMetadata({
  discoveryUrl,
  clientId,
  allowLoopback,
  fetch,
  signal,
}: DiscoverIssuerOptions): Promise<FoundMetadata> {
  const {url, reason} = {reason: '', ...safeUrl(discoveryUrl, {allowLoopback})}
  if (!url) throw unusable('The address of the identity provider', discoveryUrl, reason)
  if (url.search || url.hash || !discoveryUrl.endsWith(SUFFIX)) {
    throw unusable('The address of the identity provider', discoveryUrl, `does not end with ${SUFFIX}`)
  }

  try {
    const configuration = await discovery(url, clientId, undefined, None(), {
      [customFetch]: createEndpointFetch(fetch, {signal}),
      execute: allowLoopback ? [allowInsecureRequests] : [],
    })
    return {...configuration.serverMetadata()}
  } catch (error) {
    signal?.throwIfAborted()
    throw oidcError(error, discoveryUrl)
  }
}

/**
 * OIDC Discovery §4.3 and RFC 8414 §3.3: the issuer is the discovery URL without its suffix, character by character.
 * Measured: openid-client compares nothing when the URL holds `/.well-known/`. The one exception: a final slash of the
 * issuer, which §4.1 has removed before the suffix is appended and which therefore cannot be seen in the URL.
 */
function requireIssuer(issuer: unknown, discoveryUrl: string): void {
  const expected = discoveryUrl.slice(0, -SUFFIX.length)
  if (issuer === expected || issuer === `${expected}/`) return
  throw new AuthError(
    'SERVER_ERROR',
    `The identity provider says that it is ${cleanText(issuer)}, but was found as ${cleanText(expected)}.`,
    ['Ask those who run the server: its discovery_url and the issuer of its identity provider must agree.'],
  )
}

/** Copies what is used and nothing else, so that no other field can change how openid-client behaves. */
function narrowMetadata(found: FoundMetadata, {discoveryUrl, allowLoopback}: DiscoverIssuerOptions): IssuerMetadata {
  const optionalUrl = (field: string): string | undefined => {
    const value = found[field]
    if (value === undefined || value === null) return undefined
    const {url, reason} = {reason: '', ...safeUrl(value, {allowLoopback})}
    if (!url) throw unusable(`The ${field} of ${nameOf(discoveryUrl)}`, value, reason)
    return url.href
  }

  const requiredUrl = (field: string): string => {
    const url = optionalUrl(field)
    if (!url) throw loginNotSupported(`${nameOf(discoveryUrl)} has no ${field}`)
    return url
  }

  const [device, authorization] = [optionalUrl('device_authorization_endpoint'), optionalUrl('authorization_endpoint')]
  const [userinfo, revocation] = [optionalUrl('userinfo_endpoint'), optionalUrl('revocation_endpoint')]
  const [responseTypes, challengeMethods] = ['response_types_supported', 'code_challenge_methods_supported'].map(
    (field) => texts(found[field]),
  )
  // OIDC Discovery §3 requires the list; where it is missing, RS256 is what every provider must support.
  const algorithms = asymmetric(found['id_token_signing_alg_values_supported'] ?? ['RS256'])
  if (algorithms.length === 0) throw loginNotSupported(`${nameOf(discoveryUrl)} signs with no asymmetric algorithm`)

  return {
    issuer: found['issuer'] as string,
    ...(device && {device_authorization_endpoint: device}),
    ...(authorization && {authorization_endpoint: authorization}),
    token_endpoint: requiredUrl('token_endpoint'),
    jwks_uri: requiredUrl('jwks_uri'),
    ...(userinfo && {userinfo_endpoint: userinfo}),
    ...(revocation && {revocation_endpoint: revocation}),
    id_token_signing_alg_values_supported: algorithms,
    userinfo_signing_alg_values_supported: asymmetric(found['userinfo_signing_alg_values_supported']),
    ...(found['authorization_response_iss_parameter_supported'] === true && {
      authorization_response_iss_parameter_supported: true,
    }),
    ...(responseTypes && {response_types_supported: responseTypes}),
    ...(challengeMethods && {code_challenge_methods_supported: challengeMethods}),
  }
}

/** RFC 8725 §3.1: `none` needs no key, and HS256 could be "signed" with a public key taken for a secret. */
const ASYMMETRIC = new Set(
  ['RS', 'PS', 'ES'].flatMap((family) => [`${family}256`, `${family}384`, `${family}512`]).concat('EdDSA', 'Ed25519'),
)

const asymmetric = (advertised: unknown): string[] => (texts(advertised) ?? []).filter((name) => ASYMMETRIC.has(name))

const texts = (advertised: unknown): string[] | undefined =>
  Array.isArray(advertised) ? advertised.filter((name) => typeof name === 'string') : undefined

const unusable = (what: string, value: unknown, reason: string): AuthError =>
  new AuthError('SERVER_ERROR', `${what} ${reason}: ${cleanText(value)}`)
