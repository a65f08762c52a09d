import {type AuthError, isAuthError} from '../errors.js'
import type {Folder} from '../storage/folder.js'
import {parseProfile, type Profile, PROFILE_ID} from './profile.js'

/**
 * Profile metadata on disk, one file a profile, and one that says which is current. The secret of a profile is in the
 * credential store. All methods reject with `STORAGE_ERROR` for a damaged file, and change nothing then.
 */
export interface ProfileStore {
  /** By name. A damaged file does not hide the others: it is reported and left out. */
  list(apiUrl: string): Promise<Profile[]>
  current(apiUrl: string): Promise<Profile | undefined>
  save(apiUrl: string, profile: Profile): Promise<void>
  /** Changes what is on the disk at this moment, not what was read before a person was asked. Undefined: it is gone. */
  update(apiUrl: string, id: string, change: (profile: Profile) => Profile): Promise<Profile | undefined>
  setCurrent(apiUrl: string, id: string): Promise<void>
  clearCurrent(apiUrl: string): Promise<void>
  /** Does nothing when the profile is already gone. */
  remove(apiUrl: string, id: string): Promise<void>
}

/** `folderOf` is the folder of an environment; `onDamaged` hears of every file that a list had to leave out. */
export function createProfileStore(
  folderOf: (apiUrl: string) => Folder,
  onDamaged: (error: AuthError) => void,
): ProfileStore {
  const profilesOf = (apiUrl: string): Folder => folderOf(apiUrl).folder('profiles')
  const fileIn = (folder: Folder, id: string) =>
    folder.file(id, {version: 1, parse: (value) => parseProfileOf(id, value)})
  const fileOf = (apiUrl: string, id: string) => fileIn(profilesOf(apiUrl), id)
  const pointerOf = (apiUrl: string) => folderOf(apiUrl).file('current-profile', {version: 1, parse: parsePointer})

  return {
    async list(apiUrl) {
      const folder = profilesOf(apiUrl)
      const profiles: Profile[] = []
      for (const id of await folder.fileNames()) {
        try {
          const profile = await fileIn(folder, id).read()
          if (profile) profiles.push(profile)
        } catch (error) {
          if (!isAuthError(error)) throw error
          onDamaged(error)
        }
      }

      return profiles.sort(byName)
    },

    async current(apiUrl) {
      const pointer = await pointerOf(apiUrl).read()
      return pointer && fileOf(apiUrl, pointer.id).read()
    },

    async save(apiUrl, profile) {
      await fileOf(apiUrl, profile.id).save(profile)
    },

    async update(apiUrl, id, change) {
      const file = fileOf(apiUrl, id)
      const profile = await file.read()
      if (!profile) return undefined
      const changed = change(profile)
      await file.save(changed)
      return changed
    },

    async setCurrent(apiUrl, id) {
      const pointer = pointerOf(apiUrl)
      await pointer.save({...(await pointer.read()), id})
    },

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

/** A copied file would otherwise be a second profile with the same secret, which no logout could remove. */
function parseProfileOf(id: string, value: Record<string, unknown>): Profile {
  const profile = parseProfile(value)
  if (profile.id !== id) throw new Error('has the id of another profile')
  return profile
}

function parsePointer(value: Record<string, unknown>): {id: string} {
  const {id} = value
  if (typeof id !== 'string' || !PROFILE_ID.test(id)) throw new Error('has no profile id')
  return {...value, id}
}
