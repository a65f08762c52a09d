import type {CredentialStore} from '../credentials/credential-store.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import {type Credential, decodeCredential} from './credential.js'

/** The store that a profile's secret was written to. Nothing else is ever searched. */
export type StoreOf = (kind: CredentialStore['kind']) => Promise<CredentialStore>

/**
 * The secret of a profile that has one. Throws `CREDENTIAL_MISSING` when its entry is proven gone; a store that is locked
 * or silent throws its own error.
 */
export async function requireCredential(storeOf: StoreOf, profile: Profile): Promise<Credential> {
  const secret = profile.credential && (await (await storeOf(profile.credential.store)).get(profile.credential))
  if (secret) return decodeCredential(secret)
  throw new AuthError(
    'CREDENTIAL_MISSING',
    `The key of profile ${profile.name} is not in the credential store any more.`,
    [
      profile.auth_type === 'oidc'
        ? suggest('auth:login', '', 'to log in again')
        : suggest('auth:token', `--name ${quoted(profile.name)}`, 'to give it again'),
    ],
  )
}

/** Of a profile that was read a moment ago: another process may have renewed its login since, in another entry. */
export async function requireLatestCredential(
  ports: {storeOf: StoreOf; profiles: Pick<ProfileStore, 'list'>},
  apiUrl: string,
  profile: Profile,
): Promise<Credential> {
  try {
    return await requireCredential(ports.storeOf, profile)
  } catch (error) {
    if (!isAuthError(error) || error.code !== 'CREDENTIAL_MISSING') throw error
    const latest = (await ports.profiles.list(apiUrl)).find(({id}) => id === profile.id)
    if (!latest || latest.credential?.account === profile.credential?.account) throw error
    return requireLatestCredential(ports, apiUrl, latest)
  }
}

const quoted = (name: string): string =>
  /^[\w.@*+-]+$/.test(name) && !name.includes('*') ? name : `'${name.replaceAll("'", "'\\''")}'`
