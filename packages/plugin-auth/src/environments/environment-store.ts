import type {AuthError} from '../errors.js'
import type {Folder} from '../storage/folder.js'
import {readEach} from '../storage/read-each.js'
import {DEFAULT_API_URL, folderName, isApiUrl} from './api-url.js'
import {type Environment, parseEnvironment, unprobedEnvironment} from './environment.js'

/**
 * The control planes this machine knows. The default one is always among them. URLs are normalised ones. All methods
 * reject with `STORAGE_ERROR` for a damaged file, and change nothing then; only `setCurrent` replaces what it sets.
 */
export interface EnvironmentStore {
  /** That of the host: used when none is named and none is current. */
  defaultUrl: string
  /** By URL. A damaged file does not hide the others: it is reported and left out. */
  list(): Promise<Environment[]>
  find(apiUrl: string): Promise<Environment | undefined>
  save(environment: Environment): Promise<void>
  /** Saves one that has profiles now, where it is not saved yet: another host that shares them has another default. */
  keep(environment: Environment): Promise<void>
  /** The environment that was made current, if it still exists. */
  current(): Promise<Environment | undefined>
  setCurrent(apiUrl: string): Promise<void>
  /** Back to the default. */
  clearCurrent(): Promise<void>
  /** Its profiles have to be gone before. */
  remove(apiUrl: string): Promise<void>
}

/** `onDamaged` hears of every file that a list had to leave out. Of `always`, which are known without a file, the first is the default. */
export function createEnvironmentStore(
  root: Folder,
  onDamaged: (error: AuthError) => void,
  always: readonly [string, ...string[]] = [DEFAULT_API_URL],
): EnvironmentStore {
  const [defaultUrl] = always
  const all = root.folder('environments')
  const folderOf = (apiUrl: string): Folder => all.folder(folderName(apiUrl))
  const fileIn = (name: string) =>
    all.folder(name).file('environment', {version: 1, parse: (value) => parseEnvironmentOf(name, value)})
  const fileOf = (apiUrl: string) => fileIn(folderName(apiUrl))
  const pointer = root.file('current-environment', {version: 1, parse: parsePointer})

  async function find(apiUrl: string): Promise<Environment | undefined> {
    return (await fileOf(apiUrl).read()) ?? (always.includes(apiUrl) ? unprobedEnvironment(apiUrl) : undefined)
  }

  return {
    defaultUrl,
    find,

    async list() {
      const known = new Map(always.map((apiUrl) => [apiUrl, unprobedEnvironment(apiUrl)]))
      const found = await readEach(await all.folderNames(), (name) => fileIn(name).read(), onDamaged)
      for (const environment of found) known.set(environment.api_url, environment)
      return [...known.values()].sort((a, b) => (a.api_url < b.api_url ? -1 : 1))
    },

    async save(environment) {
      await fileOf(environment.api_url).save(environment)
    },

    async keep(environment) {
      const file = fileOf(environment.api_url)
      if (environment.api_url !== DEFAULT_API_URL && !(await file.read())) await file.save(environment)
    },

    async current() {
      const chosen = await pointer.read()
      return chosen && find(chosen.api_url)
    },

    async setCurrent(apiUrl) {
      await pointer.restate({api_url: apiUrl})
    },

    async clearCurrent() {
      await pointer.remove()
    },

    async remove(apiUrl) {
      await fileOf(apiUrl).remove()
      await folderOf(apiUrl).removeIfEmpty()
    },
  }
}

/** A copied folder would otherwise list an environment that cannot be found, or hide the one it was copied from. */
function parseEnvironmentOf(folder: string, value: Record<string, unknown>): Environment {
  const environment = parseEnvironment(value)
  if (folderName(environment.api_url) !== folder) throw new Error('is about another environment than its folder')
  return environment
}

function parsePointer(value: Record<string, unknown>): {api_url: string} {
  const {api_url} = value
  if (typeof api_url !== 'string' || !isApiUrl(api_url)) throw new Error('has no valid api_url')
  return {...value, api_url}
}
