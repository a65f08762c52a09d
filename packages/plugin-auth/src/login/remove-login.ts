import type {CredentialReference} from '../credentials/credential-store.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import type {Secret} from '../secret.js'
import {type Credential, decodeCredential} from './credential.js'
import {placeOf} from './place-of.js'
import type {StoreOf} from './require-credential.js'
import {type RevokeLogin, unreadable} from './revoke-login.js'

export interface RemovedLogin {
  profile: Profile
  /** False when another process renewed the login meanwhile: then it stays. */
  deleted: boolean
  /** What login minted at the server is useless now; null where it minted nothing. */
  revoked: boolean | null
  /** One sentence each: what could not be revoked, by its id, and what was left in a store by `force`. */
  warnings: string[]
}

/**
 * Ends one login: at the server as far as that can be reached, then its secret, then its metadata. Metadata goes only
 * when the secret is proven gone; otherwise this throws what the store said, with the place of the entry, unless
 * `force`.
 */
export async function removeLogin(
  {profiles, storeOf, revoke}: {profiles: ProfileStore; storeOf: StoreOf; revoke: RevokeLogin},
  {apiUrl, profile, force}: {apiUrl: string; profile: Profile; force: boolean},
): Promise<RemovedLogin> {
  const warnings: string[] = []
  let revoked: boolean | null = null
  if (profile.credential) {
    try {
      const store = await storeOf(profile.credential.store)
      const secret = await store.get(profile.credential)
      if (profile.oidc) {
        const credential = secret && decoded(secret)
        const outcome = credential ? await revoke(profile, credential) : unreadable(profile)
        revoked = outcome.revoked
        warnings.push(...outcome.warnings)
      }

      await store.delete(profile.credential)
    } catch (error) {
      if (!isAuthError(error) || error.code === 'CANCELLED') throw error
      if (!force) throw stillThere(error, profile, profile.credential)
      warnings.push(`The secret of ${profile.name} may still be in ${placeOf(profile.credential)}: ${error.message}`)
      if (profile.oidc && revoked === null) {
        revoked = false
        warnings.push(...unreadable(profile).warnings)
      }
    }
  }

  const deleted = await forget(profiles, apiUrl, profile)
  if (!deleted) warnings.push(`${profile.name} was logged in again meanwhile, and stays.`)
  return {profile, deleted, revoked, warnings}
}

/** Whether the profile is gone, and with it the pointer to it. Not so when it has another secret now than the one deleted. */
const forget = (profiles: ProfileStore, apiUrl: string, profile: Profile): Promise<boolean> =>
  profiles.exclusively(apiUrl, async () => {
    const latest = (await profiles.list(apiUrl)).find(({id}) => id === profile.id)
    if (latest && latest.credential?.account !== profile.credential?.account) return false
    if (await isCurrentProfile(profiles, apiUrl, profile)) await profiles.clearCurrent(apiUrl)
    await profiles.remove(apiUrl, profile.id)
    return true
  })

/** An entry that somebody overwrote opens nothing, and is no reason to stay logged in. */
function decoded(secret: Secret): Credential | undefined {
  try {
    return decodeCredential(secret)
  } catch (error) {
    if (isAuthError(error)) return undefined
    throw error
  }
}

/** A damaged pointer harms what it points to, not the end of this login. */
async function isCurrentProfile(profiles: ProfileStore, apiUrl: string, profile: Profile): Promise<boolean> {
  try {
    return (await profiles.current(apiUrl))?.id === profile.id
  } catch (error) {
    if (isAuthError(error)) return false
    throw error
  }
}

const stillThere = (error: AuthError, profile: Profile, entry: CredentialReference): AuthError =>
  new AuthError(error.code, `${profile.name} is not logged out: ${error.message}`, [
    ...error.suggestions,
    `Its entry is in ${placeOf(entry)}.`,
    suggest('auth:logout', 'NAME --force', 'to forget the profile and leave the entry there'),
  ])
