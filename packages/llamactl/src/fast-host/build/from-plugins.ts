import {readFileSync} from 'node:fs'
import {relative, sep} from 'node:path'
import {builtinModules} from 'node:module'
import type {Plugin} from 'esbuild'

/**
 * For the modules of plugins in a bundle: what they import from outside is loaded from where the plugin is installed, and
 * the files beside them are looked for there.
 */
export function fromPlugins(roots: Record<string, string>): Plugin {
  const packageOf = (path: string): [name: string, root: string] | undefined =>
    Object.entries(roots).find(
      ([, root]) => path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`, root.length),
    )

  return {
    name: 'from-plugins',
    setup(build) {
      build.onResolve({filter: /^[^.#/]/}, ({path, importer}) => {
        const name = packageOf(importer)?.[0]
        if (!name || name === 'llamactl' || /^(?:node:|@oclif\/core)/.test(path) || builtinModules.includes(path))
          return undefined
        return {path: `${name} ${path}`, namespace: 'from-plugin'}
      })
      build.onLoad({filter: /.*/, namespace: 'from-plugin'}, ({path}) => {
        const [name = '', specifier = ''] = path.split(' ')
        return {contents: `module.exports = ${outside(name, specifier)}`}
      })

      build.onLoad({filter: /\.js$/}, ({path}) => {
        const [name, root] = packageOf(path) ?? []
        if (!name || !root) return undefined
        const source = readFileSync(path, 'utf8')
        if (!source.includes('import.meta')) return undefined
        const args = [name, relative(root, path).split(sep).join('/')].map((word) => JSON.stringify(word))
        return {contents: source.replaceAll('import.meta.url', `require("#bundle/located").urlOf(${args.join(', ')})`)}
      })
    },
  }
}

/** JavaScript for `specifier` as `name` would find it from where it is installed. */
export const outside = (name: string, specifier: string): string =>
  `require("#bundle/located").requireFor(${JSON.stringify(name)}, ${JSON.stringify(specifier)})`
