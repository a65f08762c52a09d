import {createRequire} from 'node:module'
import {basename, join} from 'node:path'

/** The packages that few commands ask for. Each is a file of its own, which is loaded when something in it is used. */
export class Outside {
  readonly #entries = new Map<string, string>()

  /** JavaScript for what a module of the package at `root` gets by `require(specifier)`. */
  expression(root: string, specifier: string): string {
    const entry = createRequire(join(root, 'package.json')).resolve(specifier)
    const name = specifier.replace('@', '').replaceAll('/', '-')
    const file = [name, `${basename(root)}-${name}`]
      .map((name) => `${name}.cjs`)
      .find((file) => (this.#entries.get(file) ?? entry) === entry)
    if (file === undefined) throw new Error(`${entry} would be the third ${specifier}`)
    this.#entries.set(file, entry)
    return `require("#bundle/located").outside(${JSON.stringify(file)})`
  }

  /** The files, and the module that each of them stands for. */
  get entries(): ReadonlyMap<string, string> {
    return this.#entries
  }
}
