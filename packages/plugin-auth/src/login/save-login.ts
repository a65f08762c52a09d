import type {CredentialReference, CredentialStore} from '../credentials/credential-store.js'
import type {Environment} from '../environments/environment.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import {isAuthError} from '../errors.js'
import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import {type Credential, encodeCredential} from './credential.js'
import {requireCredential, type StoreOf} from './require-credential.js'

export interface SaveLoginPorts {
  environments: EnvironmentStore
  profiles: ProfileStore
  storeOf: StoreOf
  /** Throws when the person cancelled meanwhile. */
  checkpoint: () => void
}

export interface SaveLogin {
  environment: Environment
  /** The secret and where to write it; absent where the environment requires no auth. */
  secret?: {credential: Credential; store: CredentialStore} | undefined
  /** The profile that this login renews, among those there are. May open the credential store. */
  find(known: Profile[]): Promise<Profile | undefined> | Profile | undefined
  /** What the profile says now, apart from its id and its secret. `taken` are the names of the other profiles. */
  describe(existing: Profile | undefined, taken: string[]): Omit<Profile, 'id' | 'credential'>
}

export interface SavedLogin {
  profile: Profile
  /** The login that was renewed, with its secret as far as that could be read. */
  replaced?: {profile: Profile; credential: Credential | undefined}
  /** The entry of the renewed login, where it could not be deleted: nobody uses it any more, but it is there. */
  leftBehind?: CredentialReference
}

/**
 * Writes the secret, then the metadata, then makes the profile current; what fails undoes what went before. Each secret
 * gets an entry of its own, so that one rename of the metadata is the whole change: whatever happens before it leaves the
 * old login as it was. Processes that save at the same time take turns, and each one sees what the one before it did.
 */
export async function saveLogin(ports: SaveLoginPorts, login: SaveLogin): Promise<SavedLogin> {
  const {secret} = login
  const account = globalThis.crypto.randomUUID()
  const credential = secret ? await secret.store.set(account, encodeCredential(secret.credential)) : null
  const {profile, existing} = await saveMetadata(ports, login, account, credential).catch(async (error: unknown) => {
    if (secret && credential) await secret.store.delete(credential).catch(() => undefined)
    throw error
  })
  return {profile, ...(existing && (await clearAway(ports.storeOf, existing)))}
}

/** `find` may take long, so it looks at the profiles before the turn, which only counts when nothing changed until then. */
async function saveMetadata(
  {environments, profiles, checkpoint}: SaveLoginPorts,
  {environment, find, describe}: SaveLogin,
  account: string,
  credential: CredentialReference | null,
): Promise<{profile: Profile; existing: Profile | undefined}> {
  const apiUrl = environment.api_url
  for (;;) {
    checkpoint()
    const known = await profiles.list(apiUrl)
    const existing = await find(known)
    checkpoint()
    const profile = await profiles.exclusively(apiUrl, async () => {
      if (JSON.stringify(await profiles.list(apiUrl)) !== JSON.stringify(known)) return undefined
      const taken = known.filter(({id}) => id !== existing?.id).map(({name}) => name)
      const renewed: Profile = {...describe(existing, taken), id: existing?.id ?? account, credential}
      if (!(await environments.find(apiUrl))) await environments.save(environment)
      await profiles.save(apiUrl, renewed)
      try {
        await profiles.setCurrent(apiUrl, renewed.id)
      } catch (error) {
        await (existing ? profiles.save(apiUrl, existing) : profiles.remove(apiUrl, renewed.id)).catch(() => undefined)
        throw error
      }

      return renewed
    })
    if (profile) return {profile, existing}
  }
}

async function clearAway(storeOf: StoreOf, profile: Profile): Promise<Omit<SavedLogin, 'profile'>> {
  if (!profile.credential) return {}
  const credential = await orUndefined(requireCredential(storeOf, profile))
  const isDeleted = await orUndefined(deleteEntry(storeOf, profile.credential))
  return {replaced: {profile, credential}, ...(isDeleted === undefined && {leftBehind: profile.credential})}
}

const deleteEntry = async (storeOf: StoreOf, reference: CredentialReference): Promise<boolean> =>
  (await storeOf(reference.store)).delete(reference)

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isAuthError(error)) return undefined
    throw error
  }
}
