import {AuthError, suggest} from '../errors.js'
import {Secret} from '../secret.js'

/** What a profile's entry in the credential store holds. Access and ID tokens are never kept. */
export interface Credential {
  apiKey: Secret
  /** Of a browser login, where the provider gave one. */
  refreshToken?: Secret | undefined
}

/** One line of JSON: a line break in an entry makes a GNOME keyring without a password unreadable. */
export const encodeCredential = ({apiKey, refreshToken}: Credential): Secret =>
  new Secret(JSON.stringify({api_key: apiKey.reveal(), ...(refreshToken && {refresh_token: refreshToken.reveal()})}))

/** Throws `CREDENTIAL_MISSING` for an entry that this CLI did not write. */
export function decodeCredential(secret: Secret): Credential {
  const {api_key, refresh_token} = parse(secret)
  if (typeof api_key !== 'string' || api_key === '') {
    throw new AuthError('CREDENTIAL_MISSING', 'The entry of this profile in the credential store is not one of ours.', [
      suggest('auth:login', '', 'to log in again'),
    ])
  }

  return {
    apiKey: new Secret(api_key),
    ...(typeof refresh_token === 'string' && refresh_token !== '' && {refreshToken: new Secret(refresh_token)}),
  }
}

function parse(secret: Secret): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(secret.reveal())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
