import type {Fault} from './fault.js'

/** The one number that a named fault can be given, as in `turnOn('slow', {value: 500})`. */
export interface FaultValue {
  /** What it counts, as the page labels it. */
  readonly label: string
  readonly unit: string
  readonly default: number
  readonly min: number
  readonly max: number
}

interface Definition {
  readonly group: 'network' | 'api' | 'login'
  readonly title: string
  /** What a client then meets. */
  readonly sentence: string
  readonly value?: FaultValue
  fault(value: number): Fault
}

const anything = /^\/(api|oidc)\//
const api = /^\/api\//
const withCredential =
  /^\/api\/(v1\/(auth\/me|api-keys|projects)|v1beta1\/deployments\/(list-projects|organizations))(\/|$)/
const keys = '/api/v1/api-keys'
const token = {method: 'POST', path: '/oidc/token'}

const detail = (text: string) => ({body: {detail: text}})
const oauthError = (error: string): Fault => ({...token, status: 400, body: {error}})
const seconds = {unit: 's', min: 0, max: 3600}

/** What goes wrong often enough to have a name and a switch. The README has the same table; a test compares them. */
const definitions = {
  slow: {
    group: 'network',
    title: 'Slow answers',
    sentence: 'Every answer comes late.',
    value: {label: 'Delay', unit: 'ms', default: 2000, min: 0, max: 120_000},
    fault: (delay) => ({path: anything, delay}),
  },
  dropped: {
    group: 'network',
    title: 'Dropped connections',
    sentence: 'The connection closes without an answer, and nothing was done.',
    fault: () => ({path: anything, drop: true}),
  },
  truncated: {
    group: 'network',
    title: 'Truncated answers',
    sentence: 'The connection closes in the middle of the body.',
    fault: () => ({path: anything, truncate: true}),
  },
  'captive-portal': {
    group: 'network',
    title: 'Captive portal',
    sentence: 'A web page with status 200 stands in for every answer.',
    fault: () => ({
      path: anything,
      headers: {'content-type': 'text/html'},
      body: '<!doctype html><title>Wi-Fi</title><p>Accept the terms to go on.</p>',
    }),
  },
  unavailable: {
    group: 'api',
    title: 'API unavailable',
    sentence: 'The API answers 503 with a Retry-After.',
    value: {label: 'Retry after', default: 1, ...seconds},
    fault: (retryAfter) => ({
      path: api,
      status: 503,
      headers: {'retry-after': String(retryAfter)},
      ...detail('Service Unavailable'),
    }),
  },
  'rate-limited': {
    group: 'api',
    title: 'Rate limited',
    sentence: 'The API answers 429 with a Retry-After.',
    value: {label: 'Retry after', default: 1, ...seconds},
    fault: (retryAfter) => ({
      path: api,
      status: 429,
      headers: {'retry-after': String(retryAfter)},
      ...detail('Too Many Requests'),
    }),
  },
  'credentials-refused': {
    group: 'api',
    title: 'Credentials refused',
    sentence: 'What needs a credential answers 401, as after a key was revoked.',
    fault: () => ({path: withCredential, status: 401, ...detail('Invalid API key')}),
  },
  'key-lost': {
    group: 'api',
    title: 'New key lost',
    sentence: 'An API key is made, and the answer with its secret never arrives.',
    fault: () => ({method: 'POST', path: keys, after: true, drop: true}),
  },
  'key-not-deleted': {
    group: 'api',
    title: 'Key not deleted',
    sentence: 'Deleting an API key answers 500, and the key stays.',
    fault: () => ({method: 'DELETE', path: /^\/api\/v1\/api-keys\//, status: 500, ...detail('Internal Server Error')}),
  },
  'no-browser-login': {
    group: 'login',
    title: 'No browser login',
    sentence: 'Discovery answers 404, as a server without an OpenID provider.',
    fault: () => ({path: '/api/v1/auth/oidc/discovery', status: 404, ...detail('Not Found')}),
  },
  'provider-unavailable': {
    group: 'login',
    title: 'Provider unavailable',
    sentence: 'The OpenID provider answers 503, the API works.',
    fault: () => ({path: /^\/oidc\//, status: 503, body: {error: 'temporarily_unavailable'}}),
  },
  'slow-down': {
    group: 'login',
    title: 'Slow down',
    sentence: 'A client that polls for its token is told to do so less often.',
    fault: () => oauthError('slow_down'),
  },
  'login-denied': {
    group: 'login',
    title: 'Login denied',
    sentence: 'A client that polls for its token learns that a person said no.',
    fault: () => oauthError('access_denied'),
  },
  'code-expired': {
    group: 'login',
    title: 'Code expired',
    sentence: 'A client that polls for its token learns that its code is too old.',
    fault: () => oauthError('expired_token'),
  },
  'refresh-refused': {
    group: 'login',
    title: 'Refresh refused',
    sentence: 'The token endpoint answers invalid_grant, as after a login was ended elsewhere.',
    fault: () => oauthError('invalid_grant'),
  },
  'signing-key-unpublished': {
    group: 'login',
    title: 'Signing key unpublished',
    sentence: 'The published keys lack the one that signs, so that no ID token can be verified.',
    fault: () => ({path: '/oidc/jwks', body: {keys: []}}),
  },
} satisfies Record<string, Definition>

export type FaultName = keyof typeof definitions

export interface NamedFault extends Definition {
  readonly name: FaultName
}

export const namedFaults: readonly NamedFault[] = Object.entries(definitions).map(([name, definition]) => ({
  ...(definition as Definition),
  name: name as FaultName,
}))

export const findNamedFault = (name: string): NamedFault | undefined => namedFaults.find((one) => one.name === name)
