import {existsSync, realpathSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {pathToFileURL} from 'node:url'

/** The folder of the package `llamactl`. */
export const hostRoot = dirname(__dirname)

const roots = new Map<string, string>()

/** The folder of one of the packages that the bundle was made from, which is installed beside it. */
export function rootOf(name: string): string {
  const known = roots.get(name)
  if (known) return known
  const found = name === 'llamactl' ? hostRoot : find(name)
  roots.set(name, found)
  return found
}

function find(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    if (existsSync(join(folder, name))) return realpathSync(join(folder, name))
  }

  // Yarn Plug'n'Play has no such folders.
  return dirname(require.resolve(`${name}/package.json`))
}

/** `import.meta.url` of a module that is in the bundle: its files, such as the keychain's helper, are beside the original. */
export const urlOf = (name: string, path: string): string => pathToFileURL(join(rootOf(name), path)).href

/** A dependency of a plugin that stays outside the bundle, in the version that the plugin has. */
export function requireFor(name: string, specifier: string): unknown {
  // Loaded here: it takes a millisecond, and few commands ask for a dependency.
  const {createRequire} = require('node:module') as typeof import('node:module')
  const module = createRequire(join(rootOf(name), 'package.json'))(specifier) as {
    __esModule?: boolean
    default?: unknown
  }
  // An ES module that has a default export, as an `import` of it by default expects it.
  return module.__esModule && module.default !== undefined ? module.default : module
}
