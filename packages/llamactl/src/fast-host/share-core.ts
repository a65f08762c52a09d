import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {coreVersion} from '#bundle/contents'

/**
 * Lets a plugin on the disk that would load its own `@oclif/core` of the very same version, a hundred files, have the one in this
 * bundle. With another version it keeps its own, which oclif supports. An ES module that imports CommonJS finds it in
 * `require.cache` as well.
 */
export function shareCore(pluginRoot: string): void {
  try {
    // Loaded here: it takes a millisecond, and the plugins of the bundle need no look at the disk.
    const Module = require('node:module') as typeof import('node:module')
    const file = Module.createRequire(join(pluginRoot, 'package.json')).resolve('@oclif/core')
    if (require.cache[file]) return
    const {version} = JSON.parse(readFileSync(join(dirname(file), '..', 'package.json'), 'utf8')) as {version: string}
    if (version !== coreVersion) return
    const exports: unknown = require('@oclif/core')
    require.cache[file] = Object.assign(new Module(file), {exports, filename: file, loaded: true})
  } catch {
    // It has no core of its own to be spared.
  }
}
