// Puts what a package bundles, and what that needs in turn, into its `node_modules`: in a workspace all of it is hoisted to the
// root, and `npm pack` then packs without it and without a word.
import {cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename, dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const LEFT_OUT = {
  // Its loader knows no musl and no `armv7l`, the file in `linux-arm` is one for another processor, and
  // `node-addon-api` is for compiling.
  '@github/keytar': {
    paths: /^(src|script|build|binding\.gyp|prebuilds\/(linuxmusl-.*|linux-arm|linux-armv7l))$/,
    dependencies: ['node-addon-api'],
  },
  // yarn 1 has an install script. It is for `plugins link`, of folders with a yarn.lock, and is then looked for on PATH.
  '@oclif/plugin-plugins': {dependencies: ['yarn']},
  // For browsers.
  '@sqlite.org/sqlite-wasm': {paths: /^(bin|index\.mjs|sqlite-wasm\/jswasm\/(?!sqlite3-node\.mjs$|sqlite3\.wasm$).*)$/},
  yaml: {paths: /^browser$/},
}
/** For people and compilers. Licenses stay. */
const NOT_RUN = /\.(ts|mts|cts|map|flow|markdown|md)$|^\./
const LICENSE = /^licen[cs]e/i
const RECORD = '.bundled.json'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const folders = readdirSync(join(root, 'packages')).map((directory) => join(root, 'packages', directory))
const workspace = new Map(folders.map((folder) => [readDescription(folder).name, folder]))

/** The folders that were made of packages of this workspace, by the folder each was made from. */
export function bundleDependencies(folder) {
  const {name, dependencies, bundleDependencies: bundled = []} = readDescription(folder)
  const into = join(folder, 'node_modules')
  const brought = new Map()
  for (const needed of bundled) bring(needed, folder)
  if (brought.size > 0) writeFileSync(join(into, RECORD), JSON.stringify([...brought.keys()]))
  return [...brought].filter(([place]) => workspace.has(place)).map(([place, from]) => [from, join(into, place)])

  function bring(needed, dependent) {
    const from = workspace.get(needed) ?? nearest(needed, dependent)
    const place = placeOf(from, needed)
    if (brought.has(place)) return
    const to = join(into, place)
    if (existsSync(to)) throw new Error(`${to} is there already. Run npm ci, then pack again.`)
    brought.set(place, from)
    const description = readDescription(from)
    const left = LEFT_OUT[description.name] ?? {}
    const names = workspace.has(needed) ? ['LICENSE', ...description.files.map(topOf)] : readdirSync(from)
    copy(from, to, names, left.paths)

    // Of what stays outside, a bundled package must not speak: npm takes what it depends on for bundled too.
    const own = {}
    for (const [dependency, range] of Object.entries(description.dependencies ?? {})) {
      if (left.dependencies?.includes(dependency)) continue
      if (bundled.includes(dependency) || !(dependency in dependencies)) {
        own[dependency] = range
        bring(dependency, from)
      } else if (dependencies[dependency] !== range) {
        throw new Error(`${description.name} needs ${dependency} ${range}, and ${name} names another one.`)
      }
    }

    for (const key of ['bundleDependencies', 'devDependencies', 'files', 'scripts']) delete description[key]
    const text = JSON.stringify({...description, dependencies: own}, undefined, 2)
    writeFileSync(join(to, 'package.json'), `${text}\n`)
  }
}

/** Takes it away again, and leaves what npm put there. */
export function removeBundled(folder) {
  const record = join(folder, 'node_modules', RECORD)
  if (!existsSync(record)) return
  for (const place of [...JSON.parse(readFileSync(record, 'utf8')), RECORD])
    rmSync(join(folder, 'node_modules', place), {recursive: true, force: true})
}

function copy(from, to, names, leftOut) {
  const isNeeded = (path) => {
    const [name, place] = [basename(path), relative(from, path).replaceAll('\\', '/')]
    return name !== 'node_modules' && !leftOut?.test(place) && (LICENSE.test(name) || !NOT_RUN.test(name))
  }
  for (const name of new Set(names)) {
    const path = join(from, name)
    if (existsSync(path) && isNeeded(path)) cpSync(path, join(to, name), {recursive: true, filter: isNeeded})
  }
}

function nearest(name, from) {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(found)) return found
  }
  throw new Error(`${name} is not installed. Run npm ci, then pack again.`)
}

/** Below `node_modules`: a package of this workspace is a link there, and what it has of its own is then within. */
function placeOf(from, name) {
  if (workspace.has(name)) return name
  const owner = [...workspace].find(([, folder]) => !relative(folder, from).startsWith('..'))
  return owner ? join(owner[0], relative(owner[1], from)) : relative(modules, from)
}

const topOf = (pattern) => pattern.replace(/^!?\//, '').split('/')[0]

export function readDescription(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
