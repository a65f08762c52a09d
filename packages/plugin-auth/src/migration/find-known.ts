import {isAuthError} from '../errors.js'
import {requireCredential, type StoreOf} from '../login/require-credential.js'
import {isSamePerson, type Profile} from '../profiles/profile.js'
import {redactedKey} from '../profiles/profile-name.js'
import type {Secret} from '../secret.js'
import type {Candidate} from './candidate.js'

/** The profile that is this login already: the same key, or a browser login of the same person. */
export async function findKnown(
  storeOf: StoreOf,
  profiles: Profile[],
  {name, oidc, apiKey}: Candidate,
): Promise<Profile | undefined> {
  if (!apiKey) return profiles.find((profile) => profile.name === name && !profile.credential)
  const samePerson = profiles.find(
    (profile) => oidc && (profile.oidc?.api_key_id === oidc.api_key_id || isSamePerson(profile.oidc, oidc)),
  )
  if (samePerson) return samePerson
  const hint = redactedKey(apiKey.reveal())
  for (const profile of profiles) {
    if (profile.key_hint === hint && (await holdsKey(storeOf, profile, apiKey))) return profile
  }

  return undefined
}

/** Whether the credential store gives back this very key for the profile, now. */
export async function holdsKey(storeOf: StoreOf, profile: Profile, key: Secret): Promise<boolean> {
  try {
    return (await requireCredential(storeOf, profile)).apiKey.equals(key)
  } catch (error) {
    if (isAuthError(error) && error.code === 'CREDENTIAL_MISSING') return false
    throw error
  }
}
