import type {SeedUser} from '../seed/seed.js'
import type {ApiKey, ApiKeyStore} from './api-key-store.js'

/** Who sends a request, and by what proof. */
export type Bearer =
  | {readonly kind: 'none'}
  | {readonly kind: 'invalid'}
  | {readonly kind: 'api-key'; readonly user: SeedUser; readonly key: ApiKey}
  | {readonly kind: 'access-token'; readonly user: SeedUser}

export interface BearerSources {
  users: readonly SeedUser[]
  apiKeys: ApiKeyStore
  /** The user id of a valid access token; `undefined` for every other string. */
  subjectOf(accessToken: string): Promise<string | undefined>
}

export async function readBearer(authorization: string | undefined, sources: BearerSources): Promise<Bearer> {
  if (authorization === undefined) return {kind: 'none'}
  const credential = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (credential === undefined) return {kind: 'invalid'}

  const {users, apiKeys, subjectOf} = sources
  const key = apiKeys.findBySecret(credential)
  const userId = key ? key.userId : credential.startsWith('llx-') ? undefined : await subjectOf(credential)
  const user = users.find(({id}) => id === userId)
  if (!user) return {kind: 'invalid'}
  return key ? {kind: 'api-key', user, key} : {kind: 'access-token', user}
}
