import {createHash} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {basename, dirname, join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {makeTar, readFromTarball} from './tar.js'
import {root, type Tarball} from './workspace.js'

export interface LocalRegistry {
  url: string
  /** The names of the packages whose tarballs were fetched. */
  fetched: string[]
  close(): Promise<void>
}

interface Description {
  name: string
  version: string
  scripts?: Record<string, string>
  bundleDependencies?: string[]
  bundledDependencies?: string[]
}

interface Entry {
  description: Description & Record<string, unknown>
  /** Absent where this machine has no copy: the native packages of other systems. */
  pack?: () => Promise<Buffer>
  integrity?: string
}

type Locked = Record<string, unknown> & {name?: string; version: string; integrity?: string}

/**
 * A registry on loopback with what the tests install: the packed packages, and every production dependency as
 * `package-lock.json` names it, packed again from this workspace's `node_modules`. It asks nobody else.
 */
export async function startRegistry(packed: readonly Tarball[]): Promise<LocalRegistry> {
  const entries = new Map<string, Map<string, Entry>>()
  const add = (entry: Entry): void => {
    const {name, version} = entry.description
    entries.set(name, (entries.get(name) ?? new Map<string, Entry>()).set(version, entry))
  }

  for (const entry of lockedEntries()) add(entry)
  for (const {path} of packed) {
    const description = JSON.parse(await readFromTarball(path, 'package/package.json')) as Entry['description']
    add({description, pack: () => readFile(path)})
  }

  const fetched: string[] = []
  const tarballs = new Map<Entry, Promise<Buffer>>()
  const tarballOf = (entry: Entry): Promise<Buffer> | undefined => {
    if (entry.pack && !tarballs.has(entry)) tarballs.set(entry, entry.pack())
    return tarballs.get(entry)
  }

  async function answer(path: string): Promise<Buffer | undefined> {
    const [, name = '', version] = /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+)\.tgz)?$/.exec(decodeURIComponent(path)) ?? []
    const versions = entries.get(name)
    if (!versions) return undefined
    if (version === undefined) return Buffer.from(JSON.stringify(await packument(name, [...versions.values()])))
    fetched.push(name)
    const entry = versions.get(version)
    return entry && tarballOf(entry)
  }

  async function packument(name: string, list: Entry[]) {
    const described = await Promise.all(
      list.map(async (entry) => {
        const {description} = entry
        const tarball = await tarballOf(entry)
        const hasInstallScript = ['preinstall', 'install', 'postinstall'].some((key) => description.scripts?.[key])
        return {
          ...description,
          _id: `${name}@${description.version}`,
          ...(hasInstallScript && {hasInstallScript}),
          dist: {
            tarball: `${url}/${name}/-/${description.version}.tgz`,
            integrity: tarball ? integrityOf(tarball) : entry.integrity,
            ...(tarball && {shasum: createHash('sha1').update(tarball).digest('hex')}),
          },
        }
      }),
    )
    // Old enough for package managers that wait a few days before they take a version.
    const time = Object.fromEntries(['created', 'modified', ...list.map(versionOf)].map((key) => [key, LONG_AGO]))
    return {
      _id: name,
      name,
      modified: LONG_AGO,
      'dist-tags': {latest: list.map(versionOf).at(-1)},
      versions: Object.fromEntries(described.map((version) => [version.version, version])),
      time,
    }
  }

  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', url).pathname).then(
      (body) => response.writeHead(body ? 200 : 404, {'content-type': typeOf(request.url)}).end(body ?? '{}'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    fetched,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const LONG_AGO = '2024-01-01T00:00:00.000Z'
const versionOf = ({description}: Entry): string => description.version
const typeOf = (path = '') => (path.endsWith('.tgz') ? 'application/octet-stream' : 'application/json')
const integrityOf = (data: Buffer) => `sha512-${createHash('sha512').update(data).digest('base64')}`

function lockedEntries(): Entry[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {packages: Record<string, Locked>}
  return Object.entries(lock.packages)
    .filter(([path, {dev, link}]) => path.includes('node_modules/') && !dev && !link)
    .map(([path, {name = path.replace(/^.*node_modules\//, ''), ...locked}]) => {
      const folder = join(root, path)
      if (!existsSync(folder)) return {description: {name, ...locked}, integrity: locked.integrity ?? ''}
      const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Entry['description']
      return {description, pack: () => packFolder(folder, description)}
    })
}

async function packFolder(folder: string, {bundleDependencies, bundledDependencies}: Description): Promise<Buffer> {
  const withModules = Boolean(bundleDependencies ?? bundledDependencies)
  const tar = await makeTar(dirname(folder), basename(folder), withModules ? [] : ['node_modules'])
  return gzipSync(tar, {level: 1})
}
