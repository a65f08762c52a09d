import type {CredentialReference, CredentialStore} from '../credentials/credential-store.js'
import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import {type Credential, encodeCredential} from './credential.js'
import type {StoreOf} from './require-credential.js'

export interface SaveLogin {
  apiUrl: string
  profile: Omit<Profile, 'credential'>
  /** The profile that this login renews. */
  existing?: Profile | undefined
  /** The secret and where to write it; absent where the environment requires no auth. */
  secret?: {credential: Credential; store: CredentialStore} | undefined
}

export interface SavedLogin {
  profile: Profile
  /** The entry of the renewed profile, where it could not be deleted: nobody uses it any more, but it is there. */
  leftBehind?: CredentialReference
}

/**
 * Writes the secret, then the metadata, then makes the profile current; what fails undoes what went before. The secret
 * of a renewed profile goes into an entry of its own, so that one rename of the metadata is the whole change: whatever
 * happens before it leaves the old login as it was. `checkpoint` throws when the person cancelled meanwhile.
 */
export async function saveLogin(
  {profiles, storeOf, checkpoint}: {profiles: ProfileStore; storeOf: StoreOf; checkpoint: () => void},
  {apiUrl, profile, existing, secret}: SaveLogin,
): Promise<SavedLogin> {
  const undo: (() => Promise<unknown>)[] = []
  try {
    const saved: Profile = {...profile, credential: null}
    if (secret) {
      const account = existing ? `${profile.id}.${randomSuffix()}` : profile.id
      const reference = await secret.store.set(account, encodeCredential(secret.credential))
      undo.push(() => secret.store.delete(reference))
      saved.credential = reference
    }

    checkpoint()
    undo.push(() => (existing ? profiles.save(apiUrl, existing) : profiles.remove(apiUrl, profile.id)))
    await profiles.save(apiUrl, saved)
    checkpoint()
    await profiles.setCurrent(apiUrl, saved.id)
    const leftBehind = existing?.credential ? await deleteEntry(storeOf, existing.credential) : undefined
    return {profile: saved, ...(leftBehind && {leftBehind})}
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined)
    throw error
  }
}

const randomSuffix = (): string => Math.random().toString(36).slice(2, 10)

async function deleteEntry(storeOf: StoreOf, reference: CredentialReference): Promise<CredentialReference | undefined> {
  try {
    await (await storeOf(reference.store)).delete(reference)
    return undefined
  } catch {
    return reference
  }
}
