import type {CredentialReference} from '../credentials/credential-store.js'
import type {AuthError} from '../errors.js'
import type {Folder} from '../storage/folder.js'
import {isMakerGone, type Maker, parseMaker, thisMaker} from '../storage/maker.js'
import {parseProfile, type Profile} from './profile.js'

/**
 * A login that is not a profile: not yet, or not any more. It is noted before there is anything of it to lose, and dropped
 * when a profile has it or nothing of it is left, so that what a killed process left in the credential store and at the
 * server has a name and can be cleared away.
 */
export interface Leftover {
  login: Profile & {credential: CredentialReference}
  /** The name of the API key that is being made; its id is in `login.oidc` as soon as the server has told it. */
  key_name?: string
  /** Its key is gone at the server: who comes after a killed process neither asks again nor says that it may still work. */
  key_deleted?: true
  /** Its refresh token is also that of a profile, and goes on working. */
  shares_token?: true
  /** A person was logged out, and told that the key is still at the server. Nothing else of it is looked for here. */
  logged_out?: true
  /** Nobody is at work on it. */
  isAbandoned: boolean
}

/** On disk beside the profiles. All methods reject with `STORAGE_ERROR`, but that a damaged file is left out of the list. */
export interface LeftoverStore {
  list(apiUrl: string): Promise<Leftover[]>
  note(apiUrl: string, leftover: Omit<Leftover, 'isAbandoned'>): Promise<void>
  drop(apiUrl: string, leftover: Pick<Leftover, 'login'>): Promise<void>
}

export function createLeftoverStore(
  root: Folder,
  folderName: (apiUrl: string) => string,
  onDamaged: (error: AuthError) => void,
): LeftoverStore {
  const folderOf = (apiUrl: string): Folder =>
    root.folder('environments').folder(folderName(apiUrl)).folder('leftovers')
  const fileOf = (apiUrl: string, account: string) => folderOf(apiUrl).file(account, FORMAT)

  return {
    async list(apiUrl) {
      const found = await folderOf(apiUrl).documents(FORMAT, onDamaged)
      return found.map(({maker, ...leftover}) => ({
        ...leftover,
        isAbandoned: leftover.logged_out === true || isMakerGone(maker, PATIENCE),
      }))
    },

    async note(apiUrl, leftover) {
      const file = fileOf(apiUrl, leftover.login.credential.account)
      // Known by another process, and true for ever.
      const isKeyDeleted = (await file.read())?.key_deleted
      await file.save({...leftover, ...(isKeyDeleted && {key_deleted: true as const}), maker: thisMaker()})
    },

    async drop(apiUrl, {login}) {
      await fileOf(apiUrl, login.credential.account).remove()
      await folderOf(apiUrl).removeIfEmpty()
    },
  }
}

/** Longer than a person needs to unlock a keychain, with a request and its retries. */
const PATIENCE = 3_600_000

const FORMAT = {version: 1, parse: parseLeftover}

function parseLeftover(
  value: Record<string, unknown>,
  account: string,
): Omit<Leftover, 'isAbandoned'> & {maker: Maker} {
  const {login, key_name, key_deleted, shares_token, logged_out, maker} = value
  if (typeof login !== 'object' || login === null) throw new Error('has no login')
  const profile = parseProfile(login as Record<string, unknown>)
  if (!profile.credential) throw new Error('has a login without a credential')
  if (profile.credential.account !== account) throw new Error('is about another account than its name says')
  if (key_name !== undefined && typeof key_name !== 'string') throw new Error('has a key_name that is not text')
  if (key_deleted !== undefined && key_deleted !== true) throw new Error('has a key_deleted that is not true')
  if (shares_token !== undefined && shares_token !== true) throw new Error('has a shares_token that is not true')
  if (logged_out !== undefined && logged_out !== true) throw new Error('has a logged_out that is not true')
  return {
    ...value,
    login: {...profile, credential: profile.credential},
    ...(key_name !== undefined && {key_name}),
    ...(key_deleted && {key_deleted}),
    ...(shares_token && {shares_token}),
    ...(logged_out && {logged_out}),
    maker: parseMaker(maker),
  }
}
