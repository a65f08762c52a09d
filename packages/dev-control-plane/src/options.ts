import type {FaultName} from './faults/named-faults.js'
import type {SigningAlgorithm} from './oidc/signing-key.js'
import type {EmailIn} from './oidc/user-claims.js'
import {defaultSeed, emptySeed} from './seed/default-seed.js'
import {parseSeed} from './seed/parse-seed.js'
import type {Seed, SeedInput} from './seed/seed.js'

export interface DevControlPlaneOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one. */
  port?: number
  /** Default true. False: behave as the open-source control plane, without login, keys or people. */
  requiresAuth?: boolean
  /** People, organizations, projects and API keys. Default: `defaultSeed`; without auth, no projects at all. */
  seed?: SeedInput
  /** Seconds a client has to wait between two polls of the device flow. Default 1; fractions are allowed. */
  interval?: number
  /** Seconds a device code can be approved. Default 600. */
  deviceCodeLifetime?: number
  /** Seconds access and ID tokens are valid. Default 300. */
  accessTokenLifetime?: number
  /** How tokens are signed. Default `RS256`. */
  algorithm?: SigningAlgorithm
  /** Default `jwt` (RFC 9068). */
  accessTokenFormat?: 'jwt' | 'opaque'
  /** Default true. False: there is no OpenID provider, and discovery answers 400. */
  browserLogin?: boolean
  /** Default true. False: the client may use no authorization code flow, and the browser shows an error page. */
  webLogin?: boolean
  /** Default true: the server has organizations, and says so in its capabilities. */
  organizations?: boolean
  /** The oldest llamactl the server wants. Default `null`: any. */
  minLlamactlVersion?: string | null
  /** Default true. False: `/api/v1/api-keys` wants an access token, and refuses an API key with 403. */
  keysManageKeys?: boolean
  /** Seconds until an API key that a login makes expires. Default `null`: never. */
  apiKeyLifetime?: number | null
  /** Where a client can learn the e-mail address. Default `id_token`; `nowhere` includes `/api/v1/auth/me`. */
  emailIn?: EmailIn
  /** Named faults that are on from the start. */
  faults?: readonly FaultName[]
}

export type ResolvedOptions = Required<Omit<DevControlPlaneOptions, 'seed'>> & {seed: Seed}

/** Fills in the defaults. @throws Error that names the option which cannot be. */
export function resolveOptions(options: DevControlPlaneOptions): ResolvedOptions {
  const requiresAuth = options.requiresAuth ?? true
  const resolved = {
    port: options.port ?? 0,
    requiresAuth,
    seed: options.seed ? parseSeed(options.seed) : structuredClone(requiresAuth ? defaultSeed : emptySeed),
    interval: options.interval ?? 1,
    deviceCodeLifetime: options.deviceCodeLifetime ?? 600,
    accessTokenLifetime: options.accessTokenLifetime ?? 300,
    algorithm: options.algorithm ?? 'RS256',
    accessTokenFormat: options.accessTokenFormat ?? 'jwt',
    browserLogin: requiresAuth && (options.browserLogin ?? true),
    webLogin: options.webLogin ?? true,
    organizations: options.organizations ?? true,
    minLlamactlVersion: options.minLlamactlVersion ?? null,
    keysManageKeys: options.keysManageKeys ?? true,
    apiKeyLifetime: options.apiKeyLifetime ?? null,
    emailIn: options.emailIn ?? 'id_token',
    faults: options.faults ?? [],
  } satisfies ResolvedOptions

  const {port, interval, deviceCodeLifetime, accessTokenLifetime, apiKeyLifetime, seed} = resolved
  demand(Number.isInteger(port) && port >= 0 && port <= 65_535, 'port has to be a whole number from 0 to 65535')
  demand(Number.isFinite(interval) && interval > 0, 'interval has to be more than 0 seconds')
  demand(isSeconds(deviceCodeLifetime), 'deviceCodeLifetime has to be a whole number of seconds')
  demand(isSeconds(accessTokenLifetime), 'accessTokenLifetime has to be a whole number of seconds')
  demand(apiKeyLifetime === null || apiKeyLifetime > 0, 'apiKeyLifetime has to be more than 0 seconds')
  demand(!requiresAuth || seed.users.length > 0, 'the seed has no users, and nobody could sign in')
  return resolved
}

const isSeconds = (value: number): boolean => Number.isInteger(value) && value > 0

function demand(isMet: boolean, sentence: string): void {
  if (!isMet) throw new Error(sentence)
}
