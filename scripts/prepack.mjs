// npm runs this in a package's folder before it packs: makes what a tarball needs and the repository does not hold.
// `postpack.mjs` takes it away again, because a command list that stays behind would hide new commands.
import {Plugin} from '@oclif/core'
import {spawnSync} from 'node:child_process'
import {cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = process.cwd()
const description = readJson('package.json')
const bundler = join(folder, 'dist', 'fast-host', 'build', 'bundle.js')

build()
// Of all: `llamactl` holds what the others are.
for (const name of readdirSync(join(root, 'packages'))) refuseLeftovers(join(root, 'packages', name))
if (description.bundleDependencies) bundleKeytar()
if (existsSync(bundler)) {
  await import(pathToFileURL(bundler).href)
  writePublished()
} else if (description.oclif) {
  await writeManifest()
}

function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const {status} = spawnSync(process.execPath, [tsc, '-b', folder], {stdio: ['ignore', 2, 2]})
  if (status !== 0) process.exit(status ?? 1)
}

/** The compiler leaves what it made of a source that is gone, and a command that is left would be published. */
function refuseLeftovers(folder) {
  const dist = join(folder, 'dist')
  if (!existsSync(dist)) return
  const made = readdirSync(dist, {recursive: true}).filter((file) => file.endsWith('.js'))
  const left = made.filter((file) => !existsSync(join(folder, 'src', file.replace(/\.js$/, '.ts'))))
  if (left.length === 0) return
  process.stderr.write(`${dist} holds ${left.join(', ')}, which no source has. Remove it, then pack again.\n`)
  process.exit(1)
}

/**
 * In a workspace a dependency is hoisted to the root, and npm then packs without it and without a word. The copy here is
 * what runs of it, and has nothing to run at installation, which package managers would block, report or refuse.
 */
function bundleKeytar() {
  const from = join(root, 'node_modules', 'keytar')
  const to = join(folder, 'node_modules', 'keytar')
  if (existsSync(to)) throw new Error(`${to} is there already. Run npm ci, then pack again.`)
  // Its loader knows no musl and no `armv7l`, and the file in `linux-arm` is one for another processor.
  const isNeeded = (path) => !/^(linuxmusl-.*|linux-arm|linux-armv7l)$/.test(basename(path))
  for (const file of ['LICENSE.md', 'lib', 'prebuilds'])
    cpSync(join(from, file), join(to, file), {recursive: true, dereference: true, filter: isNeeded})
  const copied = readJson(join(from, 'package.json'))
  // `node-addon-api` is for compiling.
  for (const key of ['dependencies', 'devDependencies', 'files', 'scripts']) delete copied[key]
  writeJson(join(to, 'package.json'), copied)
}

/** What `oclif manifest` writes. oclif then starts without loading every command. */
async function writeManifest() {
  const plugin = new Plugin({root: folder, ignoreManifest: true, errorOnManifestCreate: true})
  await plugin.load()
  writeJson(join(folder, 'oclif.manifest.json'), plugin.manifest)
}

/** What is published of a package with a bundle: nobody has to fetch what is in that a second time. */
function writePublished() {
  const published = {...description, dependencies: {...description.dependencies}}
  for (const name of ['@oclif/core', ...description.oclif.plugins]) delete published.dependencies[name]
  for (const key of ['devDependencies', 'publishConfig', 'scripts']) delete published[key]
  const to = description.publishConfig.directory
  rmSync(to, {recursive: true, force: true})
  for (const file of ['LICENSE', 'README.md', 'bin', 'bundle']) cpSync(file, join(to, file), {recursive: true})
  writeJson(join(to, 'package.json'), published)
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`)
}
