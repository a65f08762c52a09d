import type {CredentialReference, CredentialStore} from '../credentials/credential-store.js'
import type {Environment} from '../environments/environment.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import type {Leftover} from '../profiles/leftover-store.js'
import type {Profile} from '../profiles/profile.js'
import {clearLeftover, type ClearLeftoverPorts} from './clear-leftover.js'
import {type Credential, encodeFor} from './credential.js'

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
  /**
   * Of a profile whose secret is only partly new. `kept`: the key is new, and the refresh token is not revoked with the old
   * one. `renewed`: the refresh token is new, and the key is not deleted with the old one.
   */
  refreshToken?: 'kept' | 'renewed'
  /** Asked before anything is written; what it throws undoes the login. */
  verify?(): Promise<void>
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
  const planned = noteFor(login, {...others, ...(minted && oidc && {oidc}), ...place})
  await ports.leftovers.note(apiUrl, planned)
  const {profile, existing} = await saveSecretAndMetadata(ports, login, account, secret).catch(
    async (error: unknown) => {
      await clearAway(ports, apiUrl, planned)
      throw error
    },
  )
  // Dropped or not: from now on it is a profile, which ends the note by itself.
  await ports.leftovers.drop(apiUrl, planned).catch(() => undefined)
  if (hasCredential(existing)) await clearAway(ports, apiUrl, noteFor(login, existing))
  return profile
}

async function clearAway(ports: SaveLoginPorts, apiUrl: string, note: Note): Promise<void> {
  for (const text of await clearLeftover(ports, apiUrl, note)) ports.warn(text)
}

type Note = Omit<Leftover, 'isAbandoned'>

/** What is to be ended of a login once no profile has it. */
function noteFor({refreshToken}: SaveLogin, login: Leftover['login']): Note {
  if (refreshToken === 'kept') return {login, shares_token: true}
  if (refreshToken !== 'renewed') return {login}
  const entryOnly = {...login}
  delete entryOnly.oidc
  return {login: entryOnly}
}

async function saveSecretAndMetadata(
  ports: SaveLoginPorts,
  login: SaveLogin,
  account: string,
  {store, credential}: {store: CredentialStore; credential: Credential},
): Promise<{profile: Profile; existing: Profile | undefined}> {
  ports.checkpoint()
  await login.verify?.()
  return saveMetadata(ports, login, account, await store.set(account, encodeFor(store, credential)))
}

/** `find` may take long, so it looks at the profiles before the turn, which only counts when nothing changed until then. */
async function saveMetadata(
  {environments, profiles, leftovers, checkpoint}: SaveLoginPorts,
  login: SaveLogin,
  account: string,
  credential: CredentialReference | null,
): Promise<{profile: Profile; existing: Profile | undefined}> {
  const {environment, find, describe, keepCurrent = false} = login
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
      await environments.keep(environment)
      if (hasCredential(existing)) await leftovers.note(apiUrl, noteFor(login, existing))
      try {
        await profiles.save(apiUrl, renewed)
        if (!keepCurrent) await profiles.setCurrent(apiUrl, renewed.id)
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
