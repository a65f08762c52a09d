import {existsSync, realpathSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join, sep} from 'node:path'
import {type Command, type Interfaces, Plugin} from '@oclif/core'
import {DETAILS} from '../bundled-command.js'
import type {Manifests, Snapshot} from '../snapshot.js'
import {readPackage} from './package.js'

/** What of the host and its plugins goes into the bundle. */
export interface Contents {
  coreVersion: string
  coreRoot: string
  /** Of the host, and of each of its plugins. */
  snapshots: Record<string, Snapshot>
  manifests: Manifests
  /** JSON of what `DETAILS` names, by command. */
  details: Record<string, string>
  /** Where the host and its plugins are. */
  roots: Record<string, string>
  /** The files of their commands and hooks, by their path without `./`, as oclif asks for them. */
  modules: Record<string, Record<string, string>>
}

export async function readContents(hostRoot: string): Promise<Contents> {
  const host = readPackage(hostRoot)
  const {resolve} = createRequire(join(hostRoot, 'package.json'))
  const find = (name: string): string => {
    const root = (resolve.paths(name) ?? []).map((folder) => join(folder, name)).find((folder) => existsSync(folder))
    if (!root) throw new Error(`${name} is not installed`)
    return realpathSync(root)
  }

  const snapshots: Contents['snapshots'] = {}
  const manifests: Manifests = {}
  const details: Contents['details'] = {}
  const roots: Contents['roots'] = {}
  const modules: Contents['modules'] = {}
  for (const name of [host.name, ...(host.oclif.plugins ?? [])]) {
    const root = name === host.name ? hostRoot : find(name)
    const {pjson, manifest, ...taken} = await takeSnapshot(root)
    Object.assign(details, taken.details)
    snapshots[name] = {pjson}
    manifests[name] = manifest
    roots[name] = root
    modules[name] = Object.fromEntries(modulesOf(pjson, manifest).map((path) => [path, fileOf(join(root, path))]))
  }

  requireOneOfEach(Object.values(manifests))
  const coreRoot = find('@oclif/core')
  return {coreVersion: readPackage(coreRoot).version, coreRoot, snapshots, manifests, details, roots, modules}
}

/**
 * What npm alone needs is left out. Commands are sorted as oclif sorts them. A manifest in the workspace belongs to
 * somebody who packs that package just now.
 */
async function takeSnapshot(
  root: string,
): Promise<Snapshot & Pick<Contents, 'details'> & {manifest: Interfaces.Manifest}> {
  const isInstalled = root.includes(`${sep}node_modules${sep}`)
  const plugin = new Plugin({root, ignoreManifest: !isInstalled})
  await plugin.load()
  const {commands, version} = plugin.manifest
  const pjson: Interfaces.PJSON & Record<string, unknown> = {...readPackage(root)}
  for (const key of ['devDependencies', 'files', 'scripts']) delete pjson[key]
  const sorted = Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1))
  const apart = sorted.map(([id, command]) => [id, detailsApart(command)] as const)
  return {
    pjson,
    manifest: {version, commands: Object.fromEntries(apart.map(([id, {others}]) => [id, {...others, details: id}]))},
    details: Object.fromEntries(apart.map(([id, {details}]) => [id, JSON.stringify(details)])),
  }
}

function detailsApart(command: Command.Cached): {others: Command.Cached; details: object} {
  const isDetail = ([key]: [string, unknown]): boolean => (DETAILS as readonly string[]).includes(key)
  const entries = Object.entries(command)
  return {
    others: Object.fromEntries(entries.filter((entry) => !isDetail(entry))) as unknown as Command.Cached,
    details: Object.fromEntries(entries.filter(isDetail)),
  }
}

function modulesOf(pjson: Interfaces.PJSON, manifest: Interfaces.Manifest): string[] {
  const commands = Object.values(manifest.commands).map(({relativePath}) => (relativePath ?? []).join('/'))
  const hooks = Object.values(pjson.oclif.hooks ?? {})
    .flat()
    .map((hook) => (typeof hook === 'string' ? hook : hook.target).replace(/^\.\//, ''))
  return [...commands, ...hooks]
}

/** `command-index.ts` takes the first command of a name, where oclif would choose by the order of plugins. */
function requireOneOfEach(manifests: Interfaces.Manifest[]): void {
  const names = manifests.flatMap(({commands}) =>
    Object.values(commands).flatMap(({id, aliases, hiddenAliases}) => [id, ...aliases, ...hiddenAliases]),
  )
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`Two commands are called ${twice}`)
}

const fileOf = (path: string): string => (existsSync(path) ? path : `${path}.js`)
