import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {CreatedKey} from '../control-plane/replies.js'
import type {CredentialStore} from '../credentials/credential-store.js'
import type {Environment} from '../environments/environment.js'
import type {OidcClient} from '../oidc/index.js'
import {uniqueName} from '../profiles/profile-name.js'
import {isSamePerson, type Profile} from '../profiles/profile.js'
import {Secret} from '../secret.js'
import {withApiKey, mintKey} from './mint-key.js'
import {newAccount, saveLogin, type SaveLoginPorts} from './save-login.js'

export interface MintLoginPorts extends Omit<SaveLoginPorts, 'person'> {
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

/**
 * Mints an API key, saves it as a profile of this person and makes that current; then ends what the same person's
 * earlier login left at the server. When saving fails the new key is deleted again and the earlier login stays as it
 * was. The key is noted as a leftover before it is asked for, and by its id as soon as that is known.
 */
export async function mintLogin(
  {server, oidc, ...rest}: MintLoginPorts,
  {environment, store, person, provider, refreshToken, projectId, keyLabel}: MintLogin,
): Promise<Profile> {
  const {api_url: apiUrl} = environment
  const wantedName = person.email ?? person.subject
  const account = newAccount()
  const ports = {
    ...rest,
    server,
    person: {server, subject: person.subject, discoveryUrl: provider.discoveryUrl},
    // The one that this login has asked already, where it is the same.
    connectOidc: async (to: Parameters<typeof rest.connectOidc>[0]) =>
      to.discoveryUrl === provider.discoveryUrl && to.clientId === provider.clientId ? oidc : rest.connectOidc(to),
  }
  const describe = (key: Pick<CreatedKey, 'id' | 'expiresAt'>, existing: Profile | undefined, taken: string[]) => ({
    ...existing,
    name: uniqueName(wantedName, taken),
    project_id: projectId,
    auth_type: 'oidc' as const,
    oidc: withApiKey(
      {...existing?.oidc, ...person, discovery_url: provider.discoveryUrl, client_id: provider.clientId},
      key,
    ),
  })

  const keyName = `${wantedName} ${keyLabel}`
  const planned = {...describe({id: ''}, undefined, []), id: account, credential: store.referenceTo(account)}
  const minted = await mintKey(ports, apiUrl, {login: planned, key_name: keyName})
  return saveLogin(ports, {
    environment,
    minted: {account},
    secret: {credential: {apiKey: new Secret(minted.key), refreshToken}, store},
    find: (known) => known.find(({oidc}) => isSamePerson(oidc, planned.oidc)),
    describe: (existing, taken) => describe(minted, existing, taken),
  })
}
