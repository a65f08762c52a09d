import type {CredentialReference, CredentialStore} from '../credentials/credential-store.js'
import type {Environment} from '../environments/environment.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import type {Leftover} from '../profiles/leftover-store.js'
import type {Profile} from '../profiles/profile.js'
import {clearLeftover, type ClearLeftoverPorts} from './clear-leftover.js'
import {type Credential, encodeCredential} from './credential.js'

export interface SaveLoginPorts extends ClearLeftoverPorts {
  environments: EnvironmentStore
  /** Throws when the person cancelled meanwhile. */
  checkpoint: () => void
  /** Hears, in one sentence each, what could not be ended of this login or of the one it renews. */
  warn(text: string): void
}

export interface SaveLogin {
  environment: Environment
  /** The secret and where to write it; absent where the environment requires no auth. */
  secret?: {credential: Credential; store: CredentialStore} | undefined
  /** Of a key that was made for this login, and is deleted again when saving fails: the account that was noted for it. */
  minted?: {account: string}
  /** The profile that this login renews, among those there are. May open the credential store. */
  find(known: Profile[]): Promise<Profile | undefined> | Profile | undefined
  /** Leaves the current profile as it is. */
  keepCurrent?: boolean
  /** What the profile says now, apart from its id and its secret. `taken` are the names of the other profiles. */
  describe(existing: Profile | undefined, taken: string[]): Omit<Profile, 'id' | 'credential'>
}

export const newAccount = (): string => globalThis.crypto.randomUUID()

/**
 * Writes the secret, then the metadata, then makes the profile current; what fails undoes what went before. Each secret
 * gets an entry of its own, so that one rename of the metadata is the whole change: whatever happens before it leaves the
 * old login as it was. What is not a profile yet, or not any more, is noted as a leftover: a process that is killed on
 * the way leaves nothing that nobody knows of. Processes that save at the same time take turns, and each one sees what
 * the one before it did.
 */
export async function saveLogin(ports: SaveLoginPorts, login: SaveLogin): Promise<Profile> {
  const {environment, secret, minted, describe} = login
  const account = minted?.account ?? newAccount()
  const {api_url: apiUrl} = environment
  if (!secret) return (await saveMetadata(ports, login, account, null)).profile

  const {oidc, ...others} = describe(undefined, [])
  const place = {id: account, credential: secret.store.referenceTo(account)}
  const planned = {...others, ...(minted && oidc && {oidc}), ...place}
  await ports.leftovers.note(apiUrl, {login: planned})
  const {profile, existing} = await saveSecretAndMetadata(ports, login, account, secret).catch(
    async (error: unknown) => {
      await clearAway(ports, apiUrl, planned)
      throw error
    },
  )
  // Dropped or not: from now on it is a profile, which ends the note by itself.
  await ports.leftovers.drop(apiUrl, {login: planned}).catch(() => undefined)
  if (hasCredential(existing)) await clearAway(ports, apiUrl, existing)
  return profile
}

async function clearAway(ports: SaveLoginPorts, apiUrl: string, login: Leftover['login']): Promise<void> {
  for (const text of await clearLeftover(ports, apiUrl, {login})) ports.warn(text)
}

async function saveSecretAndMetadata(
  ports: SaveLoginPorts,
  login: SaveLogin,
  account: string,
  {store, credential}: {store: CredentialStore; credential: Credential},
): Promise<{profile: Profile; existing: Profile | undefined}> {
  ports.checkpoint()
  return saveMetadata(ports, login, account, await store.set(account, encodeCredential(credential)))
}

/** `find` may take long, so it looks at the profiles before the turn, which only counts when nothing changed until then. */
async function saveMetadata(
  {environments, profiles, leftovers, checkpoint}: SaveLoginPorts,
  {environment, find, describe, keepCurrent = false}: SaveLogin,
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
      if (hasCredential(existing)) await leftovers.note(apiUrl, {login: existing})
      await profiles.save(apiUrl, renewed)
      if (keepCurrent) return renewed
      try {
        await profiles.setCurrent(apiUrl, renewed.id)
      } catch (error) {
        await (existing ? profiles.save(apiUrl, existing) : profiles.remove(apiUrl, renewed.id)).catch(() => undefined)
        if (hasCredential(existing)) await leftovers.drop(apiUrl, {login: existing}).catch(() => undefined)
        throw error
      }

      return renewed
    })
    if (profile) return {profile, existing}
  }
}

const hasCredential = (profile: Profile | undefined): profile is Profile & {credential: CredentialReference} =>
  Boolean(profile?.credential)
