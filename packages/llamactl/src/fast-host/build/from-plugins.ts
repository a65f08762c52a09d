import {sep} from 'node:path'
import {builtinModules} from 'node:module'
import type {Plugin} from 'esbuild'
import type {Outside} from './outside.js'

/** For the modules of plugins in a bundle: what they import from other packages is outside the parts. */
export function fromPlugins(roots: Record<string, string>, outside: Outside): Plugin {
  const nameOf = (path: string): string | undefined =>
    Object.entries(roots).find(
      ([, root]) => path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`, root.length),
    )?.[0]

  return {
    name: 'from-plugins',
    setup(build) {
      build.onResolve({filter: /^[^.#/]/}, ({path, importer}) => {
        const name = nameOf(importer)
        if (!name || name === 'llamactl' || /^(?:node:|@oclif\/core)/.test(path) || builtinModules.includes(path))
          return undefined
        return {path: `${name} ${path}`, namespace: 'from-plugin'}
      })
      build.onLoad({filter: /.*/, namespace: 'from-plugin'}, ({path}) => {
        const [name = '', specifier = ''] = path.split(' ')
        return {contents: `module.exports = ${outside.expression(roots[name] ?? '', specifier)}`}
      })
    },
  }
}
