import type {ControlPlaneClient} from '../../../src/control-plane/control-plane-client.js'
import type {CredentialReference, CredentialStore} from '../../../src/credentials/credential-store.js'
import {folderName} from '../../../src/environments/api-url.js'
import {unprobedEnvironment} from '../../../src/environments/environment.js'
import {createEnvironmentStore, type EnvironmentStore} from '../../../src/environments/environment-store.js'
import {AuthError, type AuthErrorCode} from '../../../src/errors.js'
import {encodeCredential} from '../../../src/login/credential.js'
import type {OidcClient} from '../../../src/oidc/index.js'
import type {OidcLogin, Profile} from '../../../src/profiles/profile.js'
import {createLeftoverStore, type LeftoverStore} from '../../../src/profiles/leftover-store.js'
import {createProfileStore, type ProfileStore} from '../../../src/profiles/profile-store.js'
import {Secret} from '../../../src/secret.js'
import {createFolder} from '../../../src/storage/folder.js'

export const API_URL = 'https://api.example.com'
export const DISCOVERY_URL = 'https://login.example.com/.well-known/openid-configuration'

export const fail = (code: AuthErrorCode, message = 'It failed.'): Promise<never> =>
  Promise.reject(new AuthError(code, message))

/** What a test does not mention, it forbids. */
function strict<T extends object>(name: string, given: Partial<T>): T {
  return new Proxy(given, {
    get(target, key) {
      // A promise of a fake is asked whether it is a promise itself.
      if (key === 'then') return undefined
      if (!(key in target)) throw new Error(`Unexpected use of ${name}.${String(key)}`)
      return Reflect.get(target, key) as unknown
    },
  }) as T
}

export const fakeServer = (given: Partial<ControlPlaneClient>) => strict<ControlPlaneClient>('server', given)
export const fakeOidc = (given: Partial<OidcClient>) => strict<OidcClient>('oidc', given)

export const openProfiles = (path: string): ProfileStore =>
  createProfileStore(createFolder({path, warn() {}}), folderName, () => {})

export const openLeftovers = (path: string): LeftoverStore =>
  createLeftoverStore(createFolder({path, warn() {}}), folderName, () => {})

export const openEnvironments = (path: string): EnvironmentStore =>
  createEnvironmentStore(createFolder({path, warn() {}}), () => {})

export const ENVIRONMENT = unprobedEnvironment(API_URL)

/** The same port, with some of its methods replaced. */
export const instead = <T extends object>(port: T, changes: Partial<T>): T => ({...port, ...changes})

/** A port that writes down which of its methods were called. */
export function logged<T extends object>(name: string, port: T, log: string[]): T {
  return new Proxy(port, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        log.push(`${name}.${String(key)}`)
        return (value as (...args: unknown[]) => unknown)(...args)
      }
    },
  })
}

export const oidcLogin = (fields: Partial<OidcLogin> = {}): OidcLogin => ({
  subject: 'sub-1',
  email: 'ada@example.com',
  discovery_url: DISCOVERY_URL,
  client_id: 'cli',
  api_key_id: 'key-1',
  ...fields,
})

/** A login as it is after it was saved: its secret in the store, its metadata on the disk. */
export async function haveLogin(
  {profiles, store}: {profiles: ProfileStore; store: CredentialStore},
  fields: Partial<Profile> & {id: string},
  {apiKey = 'llx-old', refreshToken}: {apiKey?: string; refreshToken?: string} = {},
): Promise<Profile & {credential: CredentialReference}> {
  const secret = encodeCredential({
    apiKey: new Secret(apiKey),
    ...(refreshToken && {refreshToken: new Secret(refreshToken)}),
  })
  const profile = {
    name: fields.id,
    project_id: 'prj-1',
    auth_type: fields.oidc ? ('oidc' as const) : ('token' as const),
    ...fields,
    credential: await store.set(fields.id, secret),
  }
  await profiles.save(API_URL, profile)
  return profile
}
