import {AuthError, isAuthError} from '../errors.js'
import type {Profile} from '../profiles/profile.js'
import {redactedKey} from '../profiles/profile-name.js'
import type {Secret} from '../secret.js'
import {requireCredential, type StoreOf} from './require-credential.js'

/**
 * The profile that a key belongs to: the one of that name, whose key it then replaces; unnamed, or where nobody has the
 * name, the one that holds the same key. A profile whose entry is gone is repaired by a key that looks the same. Throws
 * `PROFILE_EXISTS` when the name is that of another kind of login.
 */
export async function findTokenProfile(
  storeOf: StoreOf,
  profiles: Profile[],
  {key, name}: {key: Secret; name: string | undefined},
): Promise<Profile | undefined> {
  const named = profiles.find((profile) => profile.name === name)
  if (named && named.auth_type !== 'token') {
    const kind = named.auth_type === 'oidc' ? 'a browser login' : 'one without a login'
    throw new AuthError('PROFILE_EXISTS', `Profile ${named.name} is ${kind}, not an API key.`, [
      'Choose another --name.',
    ])
  }

  if (named) return named
  const hint = redactedKey(key.reveal())
  let withoutKey: Profile | undefined
  for (const profile of profiles) {
    if (profile.auth_type !== 'token' || profile.key_hint !== hint) continue
    const held = await heldBy(storeOf, profile)
    if (held?.equals(key)) return profile
    if (!held) withoutKey ??= profile
  }

  return withoutKey
}

async function heldBy(storeOf: StoreOf, profile: Profile): Promise<Secret | undefined> {
  try {
    return (await requireCredential(storeOf, profile)).apiKey
  } catch (error) {
    if (isAuthError(error) && error.code === 'CREDENTIAL_MISSING') return undefined
    throw error
  }
}
