import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {CredentialReference, CredentialStore} from '../credentials/credential-store.js'
import {isAuthError} from '../errors.js'
import type {OidcClient} from '../oidc/index.js'
import type {Profile} from '../profiles/profile.js'
import {uniqueName} from '../profiles/profile-name.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import {Secret} from '../secret.js'
import type {Credential} from './credential.js'
import {requireCredential, type StoreOf} from './require-credential.js'
import {saveLogin} from './save-login.js'

export interface MintLoginPorts {
  profiles: ProfileStore
  storeOf: StoreOf
  /** Asked with the access token of this login. */
  server: ControlPlaneClient
  oidc: OidcClient
  checkpoint: () => void
}

export interface MintLogin {
  apiUrl: string
  store: CredentialStore
  person: {subject: string; email: string | null}
  provider: {discoveryUrl: string; clientId: string}
  refreshToken: Secret | undefined
  projectId: string | null
  /** The name of the key is the profile's and this one: `llamactl on ada-laptop`. */
  keyLabel: string
}

export interface MintedLogin {
  profile: Profile
  /** What could not be cleaned up of the login that this one renews, by its id. */
  warnings: string[]
  leftBehind?: CredentialReference
}

/**
 * Mints an API key, saves it as a profile of this person and makes that current; then ends what the same person's
 * earlier login left at the server. When saving fails the new key is deleted again and the earlier login stays as it
 * was; `onOrphan` hears the id of a key that could not be deleted.
 */
export async function mintLogin(
  ports: MintLoginPorts,
  login: MintLogin,
  onOrphan: (keyId: string) => void,
): Promise<MintedLogin> {
  const {profiles, storeOf, server, oidc, checkpoint} = ports
  const {apiUrl, person, provider, refreshToken} = login
  const known = await profiles.list(apiUrl)
  const existing = known.find((profile) => profile.oidc?.subject === person.subject)
  const earlier = existing && (await readable(storeOf, existing))
  const others = known.filter((profile) => profile !== existing).map((profile) => profile.name)
  const name = uniqueName(person.email ?? person.subject, others)

  const {id: keyId, key} = await server.createApiKey(`${name} ${login.keyLabel}`)
  try {
    checkpoint()
    const saved = await saveLogin(
      {profiles, storeOf, checkpoint},
      {
        apiUrl,
        existing,
        profile: {
          ...existing,
          id: existing?.id ?? globalThis.crypto.randomUUID(),
          name,
          project_id: login.projectId,
          auth_type: 'oidc',
          oidc: {
            ...existing?.oidc,
            ...person,
            discovery_url: provider.discoveryUrl,
            client_id: provider.clientId,
            api_key_id: keyId,
          },
        },
        secret: {credential: {apiKey: new Secret(key), refreshToken}, store: login.store},
      },
    )
    return {...saved, warnings: await endEarlier(server, oidc, existing, earlier)}
  } catch (error) {
    await server.deleteApiKey(keyId).catch(() => onOrphan(keyId))
    throw error
  }
}

async function endEarlier(
  server: ControlPlaneClient,
  oidc: OidcClient,
  existing: Profile | undefined,
  earlier: Credential | undefined,
): Promise<string[]> {
  const keyId = existing?.oidc?.api_key_id
  if (keyId === undefined) return []
  const [isDeleted] = await Promise.all([
    succeeds(server.deleteApiKey(keyId)),
    earlier?.refreshToken && oidc.revoke(earlier.refreshToken),
  ])
  return isDeleted ? [] : [`API key ${keyId} of the earlier login could not be deleted at the server, and still works.`]
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (isAuthError(error)) return false
    throw error
  }
}

/** Only wanted for revoking its refresh token: an entry that is locked or gone does not stop a new login. */
async function readable(storeOf: StoreOf, profile: Profile): Promise<Credential | undefined> {
  try {
    return await requireCredential(storeOf, profile)
  } catch (error) {
    if (isAuthError(error)) return undefined
    throw error
  }
}
