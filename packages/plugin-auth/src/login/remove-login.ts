import type {CredentialReference} from '../credentials/credential-store.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import type {LeftoverStore} from '../profiles/leftover-store.js'
import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import type {Secret} from '../secret.js'
import {type Credential, decodeCredential} from './credential.js'
import {placeOf} from './place-of.js'
import type {StoreOf} from './require-credential.js'
import {ended, type RevokedLogin, type RevokeLogin, unreadable} from './revoke-login.js'

export interface RemovedLogin {
  profile: Profile
  /** False when another process renewed the login meanwhile: then it stays; and where `failure` says why. */
  deleted: boolean
  /** What login minted at the server is useless now; null where it minted nothing. */
  revoked: boolean | null
  /** The key that login minted; null where it minted none. */
  keyDeleted: boolean | null
  /** Null where there is no refresh token, or the secret could not be read. */
  tokenRevoked: boolean | null
  /** One sentence each: what could not be revoked, by its id, and what was left in a store by `force`. */
  warnings: string[]
  /** What the credential store or the disk said: the profile is still there. */
  failure?: AuthError
}

export interface RemoveLoginPorts {
  profiles: ProfileStore
  leftovers: LeftoverStore
  storeOf: StoreOf
  revoke: RevokeLogin
}

/**
 * Ends one login: at the server as far as that can be reached, then its secret, then its metadata. Metadata goes only
 * when the secret is proven gone; otherwise `failure` is what the store said, with the place of the entry, unless
 * `force`. What could not be ended is noted as a leftover, without the secret, before the metadata goes.
 */
export async function removeLogin(
  {profiles, leftovers, storeOf, revoke}: RemoveLoginPorts,
  {apiUrl, profile, force}: {apiUrl: string; profile: Profile; force: boolean},
): Promise<RemovedLogin> {
  const {credential: entry, oidc} = profile
  const login = entry && {...profile, credential: entry}
  const warnings: string[] = []
  let outcome: RevokedLogin | undefined
  const result = (deleted: boolean): RemovedLogin => ({
    profile,
    deleted,
    revoked: outcome?.revoked ?? null,
    keyDeleted: outcome?.keyDeleted ?? null,
    tokenRevoked: outcome?.tokenRevoked ?? null,
    warnings: [...(outcome?.warnings ?? []), ...warnings],
  })

  const endAtServer = async (credential: Credential | undefined): Promise<RevokedLogin> => {
    const noted = await noteOf(leftovers, apiUrl, entry)
    const revoked = await revoke(profile, credential, {
      isKeyDeleted: noted?.key_deleted === true,
      // Who comes after a kill cannot ask with a key that is gone.
      onKeyDeleted: async () => {
        if (login) await attempt(() => leftovers.note(apiUrl, {login, key_deleted: true}))
      },
    })
    if (revoked.keyDeleted) return revoked
    return (await isEndedByAnother({profiles, leftovers}, apiUrl, profile)) ? ended : revoked
  }

  if (entry) {
    try {
      const store = await storeOf(entry.store)
      const secret = await store.get(entry)
      if (oidc) outcome = await endAtServer(secret && decoded(secret))
      await store.delete(entry)
    } catch (error) {
      if (!isAuthError(error) || error.code === 'CANCELLED') throw error
      if (!force) return {...result(false), failure: stillThere(error, profile, entry)}
      warnings.push(`The secret of ${profile.name} may still be in ${placeOf(entry)}: ${error.message}`)
      if (oidc) outcome ??= unreadable(profile)
    }
  }

  try {
    const isEnded = outcome?.keyDeleted !== false
    const remember = async (): Promise<void> => {
      if (!login || isEnded) return
      // A full disk is no reason to stay logged in.
      const isNoted = await attempt(async () => (await leftovers.note(apiUrl, {login, logged_out: true})) ?? true)
      if (!isNoted) warnings.push('That could not be written down here, so that it will not be tried again.')
    }

    const deleted = await forget(profiles, apiUrl, profile, remember)
    if (!deleted) warnings.push(`${profile.name} was logged in again meanwhile, and stays.`)
    if (login && isEnded && oidc) await attempt(() => leftovers.drop(apiUrl, {login}))
    return result(deleted)
  } catch (error) {
    if (!isAuthError(error)) throw error
    return {...result(false), failure: error}
  }
}

/** Of a login that nobody has begun to end. */
export const untouched = (profile: Profile): RemovedLogin => ({
  profile,
  deleted: false,
  revoked: null,
  keyDeleted: null,
  tokenRevoked: null,
  warnings: [],
})

/** Whether the profile is gone, and with it the pointer to it. Not so when it has another secret now than the one deleted. */
const forget = (
  profiles: ProfileStore,
  apiUrl: string,
  profile: Profile,
  remember: () => Promise<void>,
): Promise<boolean> =>
  profiles.exclusively(apiUrl, async () => {
    const latest = (await profiles.list(apiUrl)).find(({id}) => id === profile.id)
    if (latest && latest.credential?.account !== profile.credential?.account) return false
    // Whoever removed it remembers it.
    if (latest) await remember()
    if (await isCurrentProfile(profiles, apiUrl, profile)) await profiles.clearCurrent(apiUrl)
    await profiles.remove(apiUrl, profile.id)
    return true
  })

const noteOf = async (leftovers: LeftoverStore, apiUrl: string, entry: CredentialReference | null) =>
  (await attempt(() => leftovers.list(apiUrl)))?.find(({login}) => login.credential.account === entry?.account)

/** A key that is refused may be one that another logout has deleted just now. */
async function isEndedByAnother(
  {profiles, leftovers}: {profiles: ProfileStore; leftovers: LeftoverStore},
  apiUrl: string,
  {id, credential}: Profile,
): Promise<boolean> {
  // In this order: the other one drops its note after it has removed the profile.
  const known = await profiles.list(apiUrl)
  const noted = await noteOf(leftovers, apiUrl, credential)
  return noted ? noted.key_deleted === true : !known.some((profile) => profile.id === id)
}

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
  return (await attempt(() => profiles.current(apiUrl)))?.id === profile.id
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isAuthError(error)) return undefined
    throw error
  }
}

const stillThere = (error: AuthError, profile: Profile, entry: CredentialReference): AuthError =>
  new AuthError(error.code, `${profile.name} is not logged out: ${error.message}`, [
    ...error.suggestions,
    `Its entry is in ${placeOf(entry)}.`,
    suggest('auth:logout', 'NAME --force', 'to forget the profile and leave the entry there'),
  ])
