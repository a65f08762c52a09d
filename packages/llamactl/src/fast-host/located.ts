import {dirname, join} from 'node:path'

/** The folder of the package `llamactl`. */
export const hostRoot = dirname(__dirname)

/** The folder of the host, or of a plugin that is in the bundle: its `package.json`, and what its modules look for. */
export const rootOf = (name: string): string => (name === 'llamactl' ? hostRoot : join(__dirname, 'packages', name))

/** A package that is in a file of its own. */
export function outside(file: string): unknown {
  const path = `./${file}`
  const module = require(path) as {__esModule?: boolean; default?: unknown}
  // An ES module that has a default export, as an `import` of it by default expects it.
  return module.__esModule && module.default !== undefined ? module.default : module
}
