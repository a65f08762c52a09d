import {isShowable} from '../untrusted/clean-text.js'
import type {CredentialReference} from '../credentials/credential-store.js'

export type AuthType = 'token' | 'oidc' | 'none'

/**
 * One login in one environment, as `profiles/<id>.json` keeps it: everything but the secret. Unknown keys of a newer
 * version are kept.
 */
export interface Profile {
  /** Random; the name of its file, and the beginning of its account in the credential store. */
  id: string
  name: string
  project_id: string | null
  auth_type: AuthType
  /** Null where the environment requires no auth. */
  credential: CredentialReference | null
  /** The redacted API key, by which the same key is recognised without opening every entry of the keychain. */
  key_hint?: string
  /** Of a browser login. */
  oidc?: OidcLogin
}

/** Whose login it is and what is needed to end it. */
export interface OidcLogin {
  /** The provider's `sub`, or the e-mail address where it has none. */
  subject: string
  email: string | null
  discovery_url: string
  client_id: string
  /** The server's id of the API key that this login minted. */
  api_key_id: string
  /** ISO 8601, where the server lets its keys expire. */
  api_key_expires_at?: string
}

/** OIDC Core §5.7: a subject names somebody only together with its issuer. */
export const isSamePerson = (a: Person | undefined, b: Person | undefined): boolean =>
  a !== undefined && a.subject === b?.subject && a.discovery_url === b.discovery_url

type Person = Pick<OidcLogin, 'subject' | 'discovery_url'>

/**
 * Narrows what was read from disk: what is shown of it has to be fit for a terminal. It is the very object, as a list of 1,000
 * would pay for each copy. Throws an `Error` that continues the sentence its path begins.
 */
export function parseProfile(value: Record<string, unknown>): Profile {
  const {id, name, project_id, auth_type, credential, key_hint, oidc} = value
  if (typeof id !== 'string' || !PROFILE_ID.test(id)) throw new Error('has an id that is not one')
  if (!isShowable(name) || name === '') throw new Error('has no name that can be shown')
  if (project_id !== null && !isShowable(project_id)) throw new Error('has a project_id that is not text')
  if (auth_type !== 'token' && auth_type !== 'oidc' && auth_type !== 'none')
    throw new Error('has an auth_type that is unknown')
  if ((credential === null) !== (auth_type === 'none'))
    throw new Error('has a credential that does not fit its auth_type')
  if (key_hint !== undefined && typeof key_hint !== 'string') throw new Error('has a key_hint that is not text')
  if (credential !== null) parseReference(credential)
  if (oidc !== undefined) parseOidcLogin(oidc)
  return value as unknown as Profile
}

export const PROFILE_ID = /^[\da-z-]{1,64}$/

export function parseReference(value: unknown): CredentialReference {
  const {store, engine, service, account} = fields(value, 'credential')
  if (store !== 'keychain' && store !== 'file') throw new Error('has a credential in an unknown store')
  if (!isShowable(engine) || !isShowable(service) || !isShowable(account)) {
    throw new Error('has a credential without its place')
  }

  return value as CredentialReference
}

function parseOidcLogin(value: unknown): OidcLogin {
  const {subject, email, discovery_url, client_id, api_key_id, api_key_expires_at: expiry} = fields(value, 'oidc')
  if (typeof subject !== 'string' || (email !== null && typeof email !== 'string'))
    throw new Error('has no oidc.subject')
  if (typeof discovery_url !== 'string' || typeof client_id !== 'string') throw new Error('has no oidc.discovery_url')
  if (!isShowable(api_key_id)) throw new Error('has no oidc.api_key_id')
  if (expiry !== undefined && (typeof expiry !== 'string' || Number.isNaN(Date.parse(expiry))))
    throw new Error('has an oidc.api_key_expires_at that is not a time')
  return value as OidcLogin
}

function fields(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`has a ${name} that is not an object`)
  return value as Record<string, unknown>
}
