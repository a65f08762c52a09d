import type {CredentialReference} from '../credentials/credential-store.js'
import type {AuthError} from '../errors.js'
import type {Folder} from '../storage/folder.js'
import {isMakerGone, type Maker, parseMaker, thisMaker} from '../storage/maker.js'
import {isShowable} from '../untrusted/clean-text.js'
import {parseReference, PROFILE_ID} from './profile.js'

/**
 * A login that one process started and another one is to finish (`auth login --start`, `--resume`). Its device code is a
 * secret for as long as it can be approved, and is in the credential store.
 */
export interface PendingLogin {
  /** Random; the name of its file, and its account in the credential store. */
  id: string
  credential: CredentialReference
  discovery_url: string
  client_id: string
  project_id: string | null
  /** Seconds that the provider wants between two polls by now (RFC 8628 §3.5). */
  interval: number
  /** Milliseconds since 1970: the clock that two processes have in common. */
  next_poll_at: number
  expires_at: number
  /** The process that is resuming it, or was when it was killed. */
  claimed_by?: Maker
}

/** On disk beside the profiles. All methods reject with `STORAGE_ERROR`, but that a damaged file is left out of the list. */
export interface PendingLoginStore {
  /** Without those that another process is resuming. */
  list(apiUrl: string): Promise<PendingLogin[]>
  find(apiUrl: string, id: string): Promise<PendingLogin | undefined>
  save(apiUrl: string, pending: PendingLogin): Promise<void>
  /** For this process alone, until it is saved again or dropped. Undefined: there is none, or not any more. */
  claim(apiUrl: string, id: string): Promise<PendingLogin | 'taken' | undefined>
  drop(apiUrl: string, id: string): Promise<void>
}

export function createPendingLoginStore(
  root: Folder,
  folderName: (apiUrl: string) => string,
  onDamaged: (error: AuthError) => void,
): PendingLoginStore {
  const folderOf = (apiUrl: string): Folder =>
    root.folder('environments').folder(folderName(apiUrl)).folder('pending-logins')
  const fileOf = (apiUrl: string, id: string) => folderOf(apiUrl).file(id, FORMAT)

  const find = async (apiUrl: string, id: string): Promise<PendingLogin | undefined> =>
    PROFILE_ID.test(id) ? fileOf(apiUrl, id).read() : undefined

  return {
    find,

    async list(apiUrl) {
      const found = await folderOf(apiUrl).documents(FORMAT, onDamaged)
      return found.filter((pending) => !isClaimed(pending))
    },

    async save(apiUrl, pending) {
      await fileOf(apiUrl, pending.id).save({...pending, claimed_by: undefined})
    },

    async claim(apiUrl, id) {
      // Before the lock, which would make the folders of an environment that nobody has.
      if (!(await find(apiUrl, id))) return undefined
      return root.folder('locks').exclusively(folderName(apiUrl), async () => {
        const found = await find(apiUrl, id)
        if (!found) return undefined
        if (isClaimed(found)) return 'taken'
        await fileOf(apiUrl, id).save({...found, claimed_by: thisMaker()})
        return found
      })
    },

    async drop(apiUrl, id) {
      await fileOf(apiUrl, id).remove()
      await folderOf(apiUrl).removeIfEmpty()
    },
  }
}

const isClaimed = ({claimed_by}: PendingLogin): boolean =>
  claimed_by !== undefined && !isMakerGone(claimed_by, LONGEST_LIFE)

/** As long as a code can be valid. */
const LONGEST_LIFE = 3_600_000

const FORMAT = {version: 1, parse: parsePendingLogin}

function parsePendingLogin(value: Record<string, unknown>, id: string): PendingLogin {
  const {credential, discovery_url, client_id, project_id, interval, next_poll_at, expires_at, claimed_by} = value
  if (value['id'] !== id) throw new Error('has the id of another login')
  if (typeof discovery_url !== 'string' || typeof client_id !== 'string') throw new Error('has no discovery_url')
  if (project_id !== null && !isShowable(project_id)) throw new Error('has a project_id that is not text')
  if (typeof interval !== 'number' || interval < 1) throw new Error('has no interval')
  if (typeof next_poll_at !== 'number' || typeof expires_at !== 'number') throw new Error('has no expires_at')
  const reference = parseReference(credential)
  // What ends a login deletes its entry: that of a profile must never stand here.
  if (reference.account !== id) throw new Error('is about another account than its name says')
  return {
    ...value,
    id,
    credential: reference,
    discovery_url,
    client_id,
    project_id,
    interval,
    next_poll_at,
    expires_at,
    ...(claimed_by !== undefined && {claimed_by: parseMaker(claimed_by)}),
  }
}
