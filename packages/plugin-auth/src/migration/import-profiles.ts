import type {CredentialStore} from '../credentials/credential-store.js'
import {saveLogin, type SaveLoginPorts} from '../login/save-login.js'
import type {Profile} from '../profiles/profile.js'
import {redactedKey, uniqueName} from '../profiles/profile-name.js'
import type {Candidate} from './candidate.js'
import {findKnown} from './find-known.js'
import {type ImportOutcome, outcomeOf} from './import-outcome.js'
import {isSpelling} from './parse-profile.js'
import type {StoredDatabase} from './read-database.js'

/**
 * Saves what the plan found, as any login is saved. What is current there becomes current here where nothing was: a
 * profile in an environment that had none, an environment where there was no profile at all.
 */
export async function importProfiles(
  ports: SaveLoginPorts,
  stored: StoredDatabase,
  plan: ImportOutcome[],
  store: CredentialStore | undefined,
): Promise<ImportOutcome[]> {
  const inhabited = await inhabitedEnvironments(ports)
  const outcomes: ImportOutcome[] = []
  for (const planned of plan) outcomes.push(await importOne(ports, planned, store))
  await adoptCurrent(ports, stored, outcomes, inhabited)
  return outcomes
}

/** Thrown out of the save when somebody else saved the same login meanwhile. */
class AlreadyKnown extends Error {
  constructor(readonly profile: Profile) {
    super()
  }
}

async function importOne(
  ports: SaveLoginPorts,
  planned: ImportOutcome,
  store: CredentialStore | undefined,
): Promise<ImportOutcome> {
  const {candidate, status, isVerified, reason} = planned
  if (status !== 'found' || !candidate) return planned
  try {
    const profile = await save(ports, candidate, store)
    const renamed = profile.name === candidate.name ? undefined : `Its name ${candidate.name} was taken.`
    const reasons = [renamed, reason].filter(Boolean).join(' ')
    const outcome = outcomeOf(candidate, 'imported', {profile, isVerified, ...(reasons && {reason: reasons})})
    return {...outcome, name: profile.name}
  } catch (error) {
    if (error instanceof AlreadyKnown) return outcomeOf(candidate, 'known', {profile: error.profile})
    throw error
  }
}

const save = (ports: SaveLoginPorts, candidate: Candidate, store: CredentialStore | undefined) => {
  const {environment, apiKey, refreshToken, oidc, authType, projectId} = candidate
  return saveLogin(ports, {
    environment,
    secret: apiKey && store && {credential: {apiKey, refreshToken}, store},
    keepCurrent: true,
    async find(known) {
      const same = await findKnown(ports.storeOf, known, candidate)
      if (same) throw new AlreadyKnown(same)
      return undefined
    },
    describe: (_, taken) => ({
      name: uniqueName(candidate.name, taken),
      project_id: projectId,
      auth_type: authType,
      ...(authType === 'token' && apiKey && {key_hint: redactedKey(apiKey.reveal())}),
      ...(oidc && {oidc}),
    }),
  })
}

async function inhabitedEnvironments({environments, profiles}: SaveLoginPorts): Promise<Set<string>> {
  const inhabited = new Set<string>()
  for (const {api_url: apiUrl} of await environments.list()) {
    if ((await profiles.list(apiUrl)).length > 0) inhabited.add(apiUrl)
  }

  return inhabited
}

async function adoptCurrent(
  {environments, profiles}: SaveLoginPorts,
  {currentProfile, currentEnvironment}: StoredDatabase,
  outcomes: ImportOutcome[],
  inhabited: Set<string>,
): Promise<void> {
  const imported = outcomes.filter(({status}) => status === 'imported')
  for (const apiUrl of new Set(imported.map((outcome) => outcome.apiUrl))) {
    if (apiUrl === null || inhabited.has(apiUrl)) continue
    const there = imported.filter((outcome) => outcome.apiUrl === apiUrl)
    // Python keeps one current name for all environments; entering another one, it takes the first profile by name.
    const isHere = isSpelling(currentEnvironment, apiUrl)
    const current = isHere ? there.find(({candidate}) => candidate?.row.name === currentProfile) : undefined
    const [first] = there.sort((a, b) => (a.name < b.name ? -1 : 1))
    const profile = (current ?? first)?.profile
    if (profile) await profiles.switchTo(apiUrl, profile.id)
    if (isHere && inhabited.size === 0 && !(await environments.current())) await environments.setCurrent(apiUrl)
  }
}
