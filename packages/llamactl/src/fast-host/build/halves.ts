import {realpathSync} from 'node:fs'
import {join} from 'node:path'
import type {Metafile, Plugin} from 'esbuild'

/**
 * The bundle is two files, so that the commands that are typed most do not wait until V8 has read the code of all the others:
 * `llamactl.cjs`, and `later.cjs` for what a command imports when it needs it. A module is in one of the two only, and each
 * file hands its modules to the other by name.
 */
export class Halves {
  /** Modules that the first file asks the second one for, by name. */
  readonly later = new Map<string, string>()
  /** Modules of the first file that the second one asks for, by name. */
  readonly shared = new Map<string, string>()
  /** Modules that are in the first file: names by path. */
  readonly #first = new Map<string, string>()
  readonly #nameOf: (path: string) => string

  constructor(nameOf: (path: string) => string) {
    this.#nameOf = nameOf
  }

  /** JavaScript for a module that is in the second file. */
  fromLater(path: string): string {
    const name = this.#nameOf(path)
    this.later.set(name, path)
    return `require("./later.cjs").modules[${JSON.stringify(name)}]()`
  }

  /** Remembers what went into the first file. */
  read({inputs}: Metafile, folder: string): void {
    for (const input of Object.keys(inputs).filter((input) => !/^[\w-]+:/.test(input))) {
      const path = join(folder, input)
      this.#first.set(path, this.#nameOf(path))
    }
  }

  /** For the first file: what is imported only when it is needed comes from the second. */
  readonly importLater: Plugin = {
    name: 'import-later',
    setup: (build) => {
      build.onResolve({filter: /^\.\.?\//}, ({kind, path, resolveDir}) => {
        if (kind !== 'dynamic-import') return undefined
        const file = realpathSync(join(resolveDir, path))
        return {path: this.#nameOf(file), namespace: 'later', pluginData: file}
      })
      build.onLoad({filter: /.*/, namespace: 'later'}, ({pluginData}) => ({
        contents: `module.exports = ${this.fromLater(pluginData as string)}`,
      }))
      build.onResolve({filter: /^\.\/later\.cjs$/}, () => ({path: './later.cjs', external: true}))
    },
  }

  /** For the second file: what is in the first comes from there, and is there once. */
  readonly importFirst: Plugin = {
    name: 'import-first',
    setup: (build) => {
      build.onResolve({filter: /^\.\/llamactl\.cjs$/}, () => ({path: './llamactl.cjs', external: true}))
      build.onResolve({filter: /^[.@/]/}, async ({path, pluginData, ...where}) => {
        if (pluginData === RESOLVING) return undefined
        const found = await build.resolve(path, {...where, pluginData: RESOLVING})
        const name = this.#first.get(found.path)
        if (name === undefined) return found
        this.shared.set(name, found.path)
        return {path: name, namespace: 'first'}
      })
      build.onLoad({filter: /.*/, namespace: 'first'}, ({path}) => ({
        contents: `module.exports = require("./llamactl.cjs").shared[${JSON.stringify(path)}]()`,
      }))
    },
  }
}

const RESOLVING = Symbol('resolving')

/** JavaScript for an object of modules, each evaluated when it is asked for. */
export const table = (modules: Iterable<[name: string, path: string]>): string =>
  `{${[...modules].map(([name, path]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path)})`).join(', ')}}`
