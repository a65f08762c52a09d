import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {CredentialReference} from '../credentials/credential-store.js'
import type {Leftover, LeftoverStore} from '../profiles/leftover-store.js'
import {isSamePerson} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import {attempt} from './attempt.js'
import {type Credential, decodeCredential} from './credential.js'
import {placeOf} from './place-of.js'
import type {StoreOf} from './require-credential.js'
import {revokeAt, type RevokeAtPorts} from './revoke-login.js'

export interface ClearLeftoverPorts extends RevokeAtPorts {
  profiles: ProfileStore
  leftovers: LeftoverStore
  storeOf: StoreOf
  /** Who is logging in at this moment: the server lets them delete keys of their own. */
  person?: {server: Pick<ControlPlaneClient, 'deleteApiKey'>; subject: string; discoveryUrl: string} | undefined
}

/**
 * Ends a login that no profile has: its key and its token at the server, then its entry in the credential store. Never
 * throws, but for cancelling: what this is done for has succeeded or failed already. What could not be ended comes back as
 * one sentence each, and stays noted for the next time.
 */
export async function clearLeftover(
  ports: ClearLeftoverPorts,
  apiUrl: string,
  leftover: Omit<Leftover, 'isAbandoned'>,
): Promise<string[]> {
  const {login, logged_out} = leftover
  const known = await attempt(() => ports.profiles.list(apiUrl))
  if (!known) return []
  const noted = (await attempt(() => ports.leftovers.list(apiUrl)))?.find(isOf(login))
  const key_deleted = leftover.key_deleted ?? noted?.key_deleted
  const isProfile = known.some(({credential}) => credential?.account === login.credential.account)
  // Of a logout that was killed, or is not over: the next one of this profile needs it.
  if (isProfile && (key_deleted || logged_out)) return [`${login.name} is not logged out yet.`]
  const left = isProfile
    ? []
    : [
        ...(await revoke(ports, apiUrl, {...leftover, ...(key_deleted && {key_deleted})})),
        ...(await deleteEntry(ports, leftover)),
      ]
  if (left.length === 0) await attempt(() => ports.leftovers.drop(apiUrl, {login}))
  return left
}

/** The entry goes all the same: the id of a key is enough for its owner's next login. */
async function revoke(
  ports: ClearLeftoverPorts,
  apiUrl: string,
  {login, key_deleted, shares_token, logged_out}: Omit<Leftover, 'isAbandoned'>,
): Promise<string[]> {
  const {oidc} = login
  if (!oidc?.api_key_id) return []
  const held = logged_out ? undefined : await attempt(() => readEntry(ports, login.credential))
  const {person} = ports
  const credential = held && shares_token ? {...held, refreshToken: undefined} : held
  const server =
    person && isSamePerson({subject: person.subject, discovery_url: person.discoveryUrl}, oidc)
      ? person.server
      : undefined
  const outcome = await attempt(() =>
    revokeAt(ports, apiUrl)(login, credential, {server, isKeyDeleted: key_deleted === true}),
  )
  return outcome?.warnings ?? [`API key ${oidc.api_key_id} of ${login.name} could not be deleted at the server.`]
}

async function readEntry({storeOf}: ClearLeftoverPorts, entry: CredentialReference): Promise<Credential | undefined> {
  const secret = await (await storeOf(entry.store)).get(entry)
  return secret && decodeCredential(secret)
}

async function deleteEntry(
  {storeOf}: ClearLeftoverPorts,
  {login: {name, credential}, logged_out}: Omit<Leftover, 'isAbandoned'>,
): Promise<string[]> {
  if (logged_out) return []
  const isProven = await attempt(async () => (await storeOf(credential.store)).delete(credential))
  return isProven === undefined ? [`The earlier key of ${name} could not be deleted from ${placeOf(credential)}.`] : []
}

const isOf =
  (login: Leftover['login']) =>
  (leftover: Leftover): boolean =>
    leftover.login.credential.account === login.credential.account
