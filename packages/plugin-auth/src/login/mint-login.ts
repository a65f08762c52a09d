import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {CredentialStore} from '../credentials/credential-store.js'
import type {Environment} from '../environments/environment.js'
import {isAuthError} from '../errors.js'
import type {OidcClient} from '../oidc/index.js'
import {uniqueName} from '../profiles/profile-name.js'
import {Secret} from '../secret.js'
import {type SavedLogin, saveLogin, type SaveLoginPorts} from './save-login.js'

export interface MintLoginPorts extends SaveLoginPorts {
  /** Asked with the access token of this login. */
  server: ControlPlaneClient
  oidc: OidcClient
}

export interface MintLogin {
  environment: Environment
  store: CredentialStore
  person: {subject: string; email: string | null}
  provider: {discoveryUrl: string; clientId: string}
  refreshToken: Secret | undefined
  projectId: string | null
  /** The name of the key is the person's and this one: `llamactl on ada-laptop`. */
  keyLabel: string
}

export interface MintedLogin extends SavedLogin {
  /** What could not be cleaned up of the login that this one renews, by its id. */
  warnings: string[]
}

/**
 * Mints an API key, saves it as a profile of this person and makes that current; then ends what the same person's
 * earlier login left at the server. When saving fails the new key is deleted again and the earlier login stays as it
 * was; `onOrphan` hears the id of a key that could not be deleted, or the name of one that may have been made.
 */
export async function mintLogin(
  ports: MintLoginPorts,
  {environment, store, person, provider, refreshToken, projectId, keyLabel}: MintLogin,
  onOrphan: (key: string) => void,
): Promise<MintedLogin> {
  const {server} = ports
  const wantedName = person.email ?? person.subject
  const keyName = `${wantedName} ${keyLabel}`
  const {id: keyId, key} = await server.createApiKey(keyName).catch((error: unknown) => {
    // The server may have made the key before its answer was lost.
    if (isAuthError(error) && ['NETWORK_ERROR', 'SERVER_ERROR'].includes(error.code)) onOrphan(`named "${keyName}"`)
    ports.checkpoint()
    throw error
  })
  const saved = await saveMinted().catch(async (error: unknown) => {
    await server.deleteApiKey(keyId).catch(() => onOrphan(keyId))
    throw error
  })
  return {...saved, warnings: await endReplaced(ports, saved)}

  async function saveMinted(): Promise<SavedLogin> {
    ports.checkpoint()
    return saveLogin(ports, {
      environment,
      secret: {credential: {apiKey: new Secret(key), refreshToken}, store},
      // OIDC Core §5.7: a subject names somebody only together with its issuer.
      find: (known) =>
        known.find(({oidc}) => oidc?.subject === person.subject && oidc.discovery_url === provider.discoveryUrl),
      describe: (existing, taken) => ({
        ...existing,
        name: uniqueName(wantedName, taken),
        project_id: projectId,
        auth_type: 'oidc',
        oidc: {
          ...existing?.oidc,
          ...person,
          discovery_url: provider.discoveryUrl,
          client_id: provider.clientId,
          api_key_id: keyId,
        },
      }),
    })
  }
}

/** Never throws: the new login is saved, and to call it failed now would be untrue. */
async function endReplaced({server, oidc}: MintLoginPorts, {replaced}: SavedLogin): Promise<string[]> {
  const keyId = replaced?.profile.oidc?.api_key_id
  if (keyId === undefined) return []
  const [isDeleted] = await Promise.all([
    succeeds(server.deleteApiKey(keyId)),
    replaced?.credential?.refreshToken && succeeds(oidc.revoke(replaced.credential.refreshToken)),
  ])
  return isDeleted ? [] : [`API key ${keyId} of the earlier login could not be deleted at the server, and still works.`]
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch {
    return false
  }
}
