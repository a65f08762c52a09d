import type {AuthError} from '../errors.js'
import type {Folder} from '../storage/folder.js'
import type {LockOptions, Turn} from '../storage/lock-file.js'
import {parseProfile, type Profile, PROFILE_ID} from './profile.js'

export type {Turn} from '../storage/lock-file.js'

/**
 * Profile metadata on disk, one file a profile, and one that says which is current. The secret of a profile is in the
 * credential store. All methods reject with `STORAGE_ERROR` for a damaged file, and change nothing then; only what sets
 * the current profile replaces the file that says it.
 */
export interface ProfileStore {
  /** By name. A damaged file does not hide the others: it is reported and left out. */
  list(apiUrl: string): Promise<Profile[]>
  /** Rejects when one of the files is damaged: what is in it would be left behind unseen. */
  requireWhole(apiUrl: string): Promise<void>
  current(apiUrl: string): Promise<Profile | undefined>
  save(apiUrl: string, profile: Profile): Promise<void>
  /** Makes a profile current, unless it is gone meanwhile. */
  switchTo(apiUrl: string, id: string): Promise<Profile | undefined>
  /** Changes what is on the disk at this moment, not what was read before a person was asked. Undefined: it is gone. */
  update(apiUrl: string, id: string, change: (profile: Profile) => Profile): Promise<Profile | undefined>
  setCurrent(apiUrl: string, id: string): Promise<void>
  clearCurrent(apiUrl: string): Promise<void>
  /** Does nothing when the profile is already gone. */
  remove(apiUrl: string, id: string): Promise<void>
  /**
   * Runs `work` while no other process changes which profiles the environment has. For a few calls of this store that
   * have to agree, never for requests or the keychain. `update` and `switchTo` do so by themselves.
   */
  exclusively<T>(apiUrl: string, work: () => Promise<T>): Promise<T>
  /**
   * Runs `work` while no other process renews this login or ends it. It may ask servers and the keychain, and call
   * `exclusively`. Rejects with `STORAGE_ERROR` when another process does not come to an end.
   */
  renewing<T>(id: string, work: (turn: Turn) => Promise<T>, options?: Omit<LockOptions, 'patience'>): Promise<T>
}

/** Milliseconds: a minute for a person to unlock a keychain, and some requests. */
const RENEWAL_PATIENCE = 90_000

/** `onDamaged` hears of every file that a list had to leave out. */
export function createProfileStore(
  root: Folder,
  folderName: (apiUrl: string) => string,
  onDamaged: (error: AuthError) => void,
): ProfileStore {
  const folderOf = (apiUrl: string): Folder => root.folder('environments').folder(folderName(apiUrl))
  const profilesOf = (apiUrl: string): Folder => folderOf(apiUrl).folder('profiles')
  const fileOf = (apiUrl: string, id: string) => profilesOf(apiUrl).file(id, FORMAT)
  const pointerOf = (apiUrl: string) => folderOf(apiUrl).file('current-profile', {version: 1, parse: parsePointer})

  const exclusively = <T>(apiUrl: string, work: () => Promise<T>): Promise<T> =>
    root.folder('locks').exclusively(folderName(apiUrl), work)

  async function setCurrent(apiUrl: string, id: string): Promise<void> {
    await pointerOf(apiUrl).restate({id})
  }

  return {
    async list(apiUrl) {
      const profiles = await profilesOf(apiUrl).documents(FORMAT, onDamaged)
      return profiles.sort(byName)
    },

    async requireWhole(apiUrl) {
      await profilesOf(apiUrl).documents(FORMAT, (error) => {
        throw error
      })
      await pointerOf(apiUrl).read()
    },

    async current(apiUrl) {
      const pointer = await pointerOf(apiUrl).read()
      return pointer && fileOf(apiUrl, pointer.id).read()
    },

    async save(apiUrl, profile) {
      await fileOf(apiUrl, profile.id).save(profile)
    },

    update: (apiUrl, id, change) =>
      exclusively(apiUrl, async () => {
        const file = fileOf(apiUrl, id)
        const profile = await file.read()
        if (!profile) return undefined
        const changed = change(profile)
        await file.save(changed)
        return changed
      }),

    switchTo: (apiUrl, id) =>
      exclusively(apiUrl, async () => {
        const profile = await fileOf(apiUrl, id).read()
        if (profile) await setCurrent(apiUrl, id)
        return profile
      }),

    setCurrent,
    exclusively,

    // No name of an environment's lock begins like this.
    renewing: (id, work, options) =>
      root.folder('locks').exclusively(`login-${id}`, work, {...options, patience: RENEWAL_PATIENCE}),

    async clearCurrent(apiUrl) {
      await pointerOf(apiUrl).remove()
    },

    async remove(apiUrl, id) {
      await fileOf(apiUrl, id).remove()
    },
  }
}

/** By code unit: the first `localeCompare` of a process costs 5 ms. */
const byName = (a: Profile, b: Profile): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1)

const FORMAT = {version: 1, parse: parseProfileOf}

/** A copied file would otherwise be a second profile with the same secret, which no logout could remove. */
function parseProfileOf(value: Record<string, unknown>, id: string): Profile {
  const profile = parseProfile(value)
  if (profile.id !== id) throw new Error('has the id of another profile')
  return profile
}

function parsePointer(value: Record<string, unknown>): {id: string} {
  const {id} = value
  if (typeof id !== 'string' || !PROFILE_ID.test(id)) throw new Error('has no profile id')
  return {...value, id}
}
