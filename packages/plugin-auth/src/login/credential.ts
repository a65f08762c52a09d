import type {CredentialStore} from '../credentials/credential-store.js'
import {AuthError, suggest} from '../errors.js'
import {Secret} from '../secret.js'

/** What a profile's entry in the credential store holds. ID tokens are never kept. */
export interface Credential {
  apiKey: Secret
  /** Of a browser login, where the provider gave one. */
  refreshToken?: Secret | undefined
  /** Got by the refresh token. It is for the control plane to read, and opaque to us. */
  access?: KeptAccess | undefined
}

export interface AccessToken {
  token: Secret
  /** Absent where the provider does not say. */
  expiresAt?: Date
}

type KeptAccess = Required<AccessToken>

/** One line of JSON: a line break in an entry makes a GNOME keyring without a password unreadable. */
export const encodeCredential = ({apiKey, refreshToken, access}: Credential): Secret =>
  new Secret(
    JSON.stringify({
      api_key: apiKey.reveal(),
      ...(refreshToken && {refresh_token: refreshToken.reveal()}),
      ...(access && {
        access_token: access.token.reveal(),
        access_token_expires_at: Math.floor(access.expiresAt.getTime() / 1000),
      }),
    }),
  )

/** As it is kept in that store: an access token never in a plain file, and only where it fits beside the rest. */
export function encodeFor({kind, fits}: Pick<CredentialStore, 'kind' | 'fits'>, credential: Credential): Secret {
  const whole = encodeCredential(credential)
  return !credential.access || (kind === 'keychain' && fits(whole))
    ? whole
    : encodeCredential({...credential, access: undefined})
}

/** Throws `CREDENTIAL_MISSING` for an entry that this CLI did not write. */
export function decodeCredential(secret: Secret): Credential {
  const {api_key, refresh_token, access_token, access_token_expires_at} = parse(secret)
  if (!isText(api_key)) {
    throw new AuthError('CREDENTIAL_MISSING', 'The entry of this profile in the credential store is not one of ours.', [
      suggest('auth:login', '', 'to log in again'),
    ])
  }

  const expiresAt = new Date(typeof access_token_expires_at === 'number' ? access_token_expires_at * 1000 : NaN)
  const isDated = !Number.isNaN(expiresAt.getTime())
  return {
    apiKey: new Secret(api_key),
    ...(isText(refresh_token) && {refreshToken: new Secret(refresh_token)}),
    ...(isText(access_token) && isDated && {access: {token: new Secret(access_token), expiresAt}}),
  }
}

/** Kept, not refused, and good for long enough to be used. */
export function usableAccess(credential: Credential | undefined, rejected?: Secret): AccessToken | undefined {
  const access = credential?.access
  if (!access || (rejected && access.token.equals(rejected))) return undefined
  return access.expiresAt.getTime() - Date.now() >= MARGIN ? access : undefined
}

/** Milliseconds: a request, and clocks that differ. */
const MARGIN = 60_000

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

function parse(secret: Secret): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(secret.reveal())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
