import type {CredentialReference} from '../credentials/credential-store.js'
import {AuthError} from '../errors.js'
import type {OidcLogin, Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'

/** A profile that somebody made with a browser. */
export type BrowserLogin = Profile & {
  credential: CredentialReference
  oidc: OidcLogin
}

export const isBrowserLogin = (profile: Profile): profile is BrowserLogin =>
  Boolean(profile.oidc) && profile.credential !== null

/** What a profile says now. Throws `PROFILE_NOT_FOUND` when another process has logged it out. */
export async function requireLatest(
  profiles: ProfileStore,
  apiUrl: string,
  {id, name}: Pick<Profile, 'id' | 'name'>,
): Promise<BrowserLogin> {
  const latest = (await profiles.list(apiUrl)).find((profile) => profile.id === id)
  if (latest && isBrowserLogin(latest)) return latest
  throw new AuthError('PROFILE_NOT_FOUND', `Profile ${name} was logged out meanwhile. Nothing of it was renewed.`)
}
