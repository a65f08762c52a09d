import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Interfaces} from '@oclif/core'
import type {Manifests} from './snapshot.js'

let manifests: Manifests | undefined
let details: Record<string, string> | undefined

/** Of a core plugin, as the build read it. A file of its own: V8 reads JSON faster than JavaScript. */
export function manifestOf(name: string): Interfaces.Manifest {
  manifests ??= read('manifests.json') as Manifests
  return manifests[name] as Interfaces.Manifest
}

/** JSON, by what a command of a manifest has in `details`. */
export function detailsOf(key: string): string {
  details ??= read('details.json') as Record<string, string>
  return details[key] as string
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(__dirname, file), 'utf8'))
