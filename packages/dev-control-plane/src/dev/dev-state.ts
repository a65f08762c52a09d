import type {ApiKeyStore} from '../api/api-key-store.js'
import type {Fault} from '../faults/fault.js'
import type {FaultList, FaultSwitch} from '../faults/fault-list.js'
import type {FaultValue, NamedFault} from '../faults/named-faults.js'
import type {BearerKind, LoggedRequest} from '../http/request-log.js'
import type {PendingDeviceCode} from '../oidc/pending-device-codes.js'
import type {Seed, SeedOrganization, SeedProject} from '../seed/seed.js'

/** What the control plane shows of itself, on its page and at `/dev/state`. No password, key or token is in it. */
export interface DevState {
  url: string
  requires_auth: boolean
  issuer: string | null
  users: {id: string; email: string; name: string; organizations: string[]}[]
  organizations: SeedOrganization[]
  projects: SeedProject[]
  api_keys: DevApiKey[]
  device_codes: DevDeviceCode[]
  faults: DevFault[]
  added_faults: DevAddedFault[]
  /** The newest first, at most 50. */
  requests: DevRequest[]
}

export interface DevApiKey {
  id: string
  name: string
  user: string
  project_id: string | null
  redacted: string
  created_at: string
  expires_at: string | null
}

export interface DevDeviceCode {
  user_code: string
  client_id: string
  expires_at: string
  /** Where a person approves it. */
  link: string
}

/** A named fault. */
export interface DevFault {
  name: string
  group: NamedFault['group']
  title: string
  sentence: string
  on: boolean
  /** Since it was last switched on. */
  hits: number
  /** `null`: until it is switched off. */
  times: number | null
  /** Of those that take a number: what they are set to, and what they can be. */
  value?: number
  takes?: FaultValue
}

/** A fault that was described, not named. */
export interface DevAddedFault {
  id: string
  method: string | null
  /** A path, or a pattern as `/…/`. */
  path: string
  /** As `status 503, delay 200 ms`. */
  effect: string
  hits: number
  times: number | null
}

export interface DevRequest {
  /** Counts from 1 since the start. */
  number: number
  at: string
  method: string
  path: string
  /** Names of the query's parameters: their values can be secrets. */
  parameters: string[]
  bearer: BearerKind
  status: number | null
  ms: number | null
}

export interface StateSources {
  url: string
  issuer: string | null
  requiresAuth: boolean
  seed: Seed
  apiKeys: ApiKeyStore
  faults: FaultList
  requests: readonly LoggedRequest[]
  pendingDeviceCodes(): PendingDeviceCode[]
}

const SHOWN_REQUESTS = 50
const SHOWN_LETTERS = 200

export function devStateOf(sources: StateSources): DevState {
  const {url, issuer, requiresAuth, seed, apiKeys, faults, requests} = sources
  const emailOf = (userId: string): string => seed.users.find(({id}) => id === userId)?.email ?? userId

  return {
    url,
    requires_auth: requiresAuth,
    issuer,
    users: seed.users.map(({id, email, name, organizations}) => ({id, email, name, organizations})),
    organizations: seed.organizations,
    projects: seed.projects,
    api_keys: apiKeys.list().map(({id, name, userId, projectId, redacted, createdAt, expiresAt}) => ({
      id,
      name,
      user: emailOf(userId),
      project_id: projectId,
      redacted,
      created_at: createdAt,
      expires_at: expiresAt,
    })),
    device_codes: sources.pendingDeviceCodes().map(({userCode, clientId, expiresAt, link}) => ({
      user_code: userCode,
      client_id: clientId,
      expires_at: expiresAt,
      link,
    })),
    faults: faults.switches().map(faultState),
    added_faults: faults.added().map(({id, fault, hits}) => ({
      id,
      method: fault.method ?? null,
      path: String(fault.path),
      effect: effectOf(fault),
      hits,
      times: finite(fault.times ?? 1),
    })),
    requests: requests
      .map(requestState)
      .filter(({path}) => path !== '/')
      .slice(-SHOWN_REQUESTS)
      .reverse(),
  }
}

const faultState = ({name, group, title, sentence, isOn, hits, times, setTo, value}: FaultSwitch): DevFault => ({
  name,
  group,
  title,
  sentence,
  on: isOn,
  hits,
  times: finite(times),
  ...(value === undefined || setTo === undefined ? {} : {value: setTo, takes: value}),
})

function requestState({at, method, path, query, bearer, status, ms}: LoggedRequest, index: number): DevRequest {
  const parameters = [...new Set(new URLSearchParams(query).keys())].map(shorten)
  return {number: index + 1, at, method, path: shorten(path), parameters, bearer, status, ms}
}

// A client with a mistake may send a key where a path or the name of a parameter belongs.
const shorten = (text: string): string => {
  const shown = text.replace(/llx-[^/]*/gi, 'llx-****')
  return shown.length > SHOWN_LETTERS ? `${shown.slice(0, SHOWN_LETTERS)}…` : shown
}

function effectOf({status, body, headers, delay, drop, truncate, after}: Fault): string {
  const isReplaced = status !== undefined || body !== undefined || headers !== undefined
  const effects = [
    ...(delay === undefined ? [] : [`delay ${delay} ms`]),
    ...(drop ? ['dropped'] : truncate ? ['truncated'] : isReplaced ? [`status ${status ?? 200}`] : []),
    ...(after ? ['after the server did it'] : []),
  ]
  return effects.join(', ') || 'counts only'
}

const finite = (times: number): number | null => (Number.isFinite(times) ? times : null)
