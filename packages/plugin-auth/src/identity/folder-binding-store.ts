import type {AuthError} from '../errors.js'
import {isApiUrl} from '../environments/api-url.js'
import type {Folder} from '../storage/folder.js'
import {isShowable} from '../untrusted/clean-text.js'

/**
 * The profile that is used in a folder and in those below it. By its name: a person who logs out and in again means the
 * same one.
 */
export interface FolderBinding {
  /** Its full path. */
  folder: string
  api_url: string
  profile: string
}

/** On disk in the configuration folder, never in the folder that is bound. All methods reject with `STORAGE_ERROR`. */
export interface FolderBindingStore {
  /** Of that folder, or the nearest one above it. */
  find(folder: string): Promise<FolderBinding | undefined>
  /** By folder. A damaged file does not hide the others. */
  list(): Promise<FolderBinding[]>
  save(binding: FolderBinding): Promise<void>
  /** False where that very folder is not bound. */
  remove(folder: string): Promise<boolean>
}

/** `parentOf` is that of paths on this system; the parent of a root is itself. */
export function createFolderBindingStore(
  root: Folder,
  parentOf: (path: string) => string,
  onDamaged: (error: AuthError) => void,
): FolderBindingStore {
  const all = root.folder('folder-bindings')
  const fileNamed = (name: string) => all.file(name, FORMAT)
  const fileOf = async (folder: string) => fileNamed(await nameOf(folder))

  return {
    async find(folder) {
      const names = new Set(await all.fileNames())
      if (names.size === 0) return undefined
      for (const path of upwards(folder, parentOf)) {
        const name = await nameOf(path)
        const binding = names.has(name) ? await fileNamed(name).read() : undefined
        if (binding?.folder === path) return binding
      }

      return undefined
    },

    async list() {
      const bindings = await all.documents(FORMAT, onDamaged)
      return bindings.sort((a, b) => (a.folder < b.folder ? -1 : 1))
    },

    async save(binding) {
      await (await fileOf(binding.folder)).restate(binding)
    },

    async remove(folder) {
      const isRemoved = await (await fileOf(folder)).remove()
      await all.removeIfEmpty()
      return isRemoved
    },
  }
}

function upwards(folder: string, parentOf: (path: string) => string): string[] {
  const parent = parentOf(folder)
  return parent === folder ? [folder] : [folder, ...upwards(parent, parentOf)]
}

/** A path can be longer than a file name, and may differ from another one by its case alone. */
async function nameOf(folder: string): Promise<string> {
  const {createHash} = await import('node:crypto')
  return createHash('sha256').update(folder).digest('hex').slice(0, 32)
}

const FORMAT = {version: 1, parse: parseFolderBinding}

function parseFolderBinding(value: Record<string, unknown>): FolderBinding {
  const {folder, api_url, profile} = value
  if (typeof folder !== 'string' || folder === '') throw new Error('has no folder')
  if (typeof api_url !== 'string' || !isApiUrl(api_url)) throw new Error('has no valid api_url')
  if (!isShowable(profile) || profile === '') throw new Error('has no profile')
  return {...value, folder, api_url, profile}
}
