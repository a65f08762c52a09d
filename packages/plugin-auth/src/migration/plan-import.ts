import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import {type AuthErrorCode, isAuthError} from '../errors.js'
import type {StoreOf} from '../login/require-credential.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import type {Secret} from '../secret.js'
import type {Candidate, Unfit} from './candidate.js'
import {findKnown} from './find-known.js'
import {type ImportOutcome, outcomeOf} from './import-outcome.js'
import {NO_KEY, parseStoredProfile} from './parse-profile.js'
import type {StoredDatabase} from './read-database.js'

export interface PlanImportPorts {
  environments: EnvironmentStore
  profiles: ProfileStore
  storeOf: StoreOf
  controlPlane(apiUrl: string, bearer: Secret): Promise<ControlPlaneClient>
}

/**
 * What is to become of each profile, before anything is written: one that is here already is `known`, one whose key the
 * server refuses is `skipped`, the others are `found`. `verify: false` asks no server.
 */
export async function planImport(
  ports: PlanImportPorts,
  stored: StoredDatabase,
  {allowHttp, verify}: {allowHttp: boolean; verify: boolean},
): Promise<ImportOutcome[]> {
  const silent = new Set<string>()
  const outcomes: ImportOutcome[] = []
  for (const row of stored.profiles) {
    const parsed = await parseStoredProfile(ports.environments, stored, row, {allowHttp})
    outcomes.push('reason' in parsed ? await skip(ports, parsed) : await plan(parsed))
  }

  return outcomes

  async function plan(candidate: Candidate): Promise<ImportOutcome> {
    const apiUrl = candidate.environment.api_url
    const profile = await findKnown(ports.storeOf, await ports.profiles.list(apiUrl), candidate)
    if (profile) return outcomeOf(candidate, 'known', {profile})
    if (!verify || !candidate.apiKey) return outcomeOf(candidate, 'found')
    // Whoever waits for a server that does not answer waits once, not once a key.
    if (silent.has(apiUrl)) return outcomeOf(candidate, 'found', {reason: UNVERIFIED})
    const code = await refusalOf(ports, apiUrl, candidate.apiKey)
    if (code === undefined) return outcomeOf(candidate, 'found', {isVerified: true})
    if (code === 'CREDENTIAL_REJECTED') return outcomeOf(candidate, 'skipped', {reason: 'The server rejects its key.'})
    silent.add(apiUrl)
    return outcomeOf(candidate, 'found', {reason: UNVERIFIED})
  }
}

const UNVERIFIED = 'Its key is not verified, because the server could not be asked.'

/** A row without a key is what scrubbing leaves of one that was imported. */
async function skip({profiles}: PlanImportPorts, {name, apiUrl, projectId, reason}: Unfit): Promise<ImportOutcome> {
  const outcome = {name, apiUrl, projectId, authType: null, isVerified: false, isScrubbed: false}
  const profile =
    reason === NO_KEY && apiUrl !== null && (await profiles.list(apiUrl)).find((known) => known.name === name)
  return profile
    ? {...outcome, authType: profile.auth_type, status: 'known', profile}
    : {...outcome, status: 'skipped', reason}
}

/** Why the key cannot be called good: undefined when it is. */
async function refusalOf(ports: PlanImportPorts, apiUrl: string, key: Secret): Promise<AuthErrorCode | undefined> {
  try {
    await (await ports.controlPlane(apiUrl, key)).projects()
    return undefined
  } catch (error) {
    if (isAuthError(error) && ['CREDENTIAL_REJECTED', 'NETWORK_ERROR', 'SERVER_ERROR'].includes(error.code))
      return error.code
    throw error
  }
}
