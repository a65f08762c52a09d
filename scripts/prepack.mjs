// npm runs this in a package's folder before it packs: makes what a tarball needs and the repository does not hold.
// `postpack.mjs` takes it away again, because a command list that stays behind would hide new commands.
import {Plugin} from '@oclif/core'
import {spawnSync} from 'node:child_process'
import {cpSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const BUNDLED = {
  // Its loader knows no musl and no `armv7l`, the file in `linux-arm` is one for another processor, and
  // `node-addon-api` is for compiling.
  keytar: {
    files: ['LICENSE.md', 'keytar.d.ts', 'lib', 'prebuilds'],
    isNeeded: (path) => !/^(linuxmusl-.*|linux-arm|linux-armv7l)$/.test(basename(path)),
    leaves: ['node-addon-api'],
  },
  // yarn 1 has an install script. It is for `plugins link`, of folders with a yarn.lock, and is then looked for on PATH.
  '@oclif/plugin-plugins': {files: ['LICENSE', 'lib', 'oclif.manifest.json'], leaves: ['yarn']},
}

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = process.cwd()
const description = readJson(join(folder, 'package.json'))

await build()
refuseLeftovers()
for (const name of description.bundleDependencies ?? []) bundle(name)
if (description.oclif) await writeManifest()

async function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const {status} = spawnSync(process.execPath, [tsc, '-b', folder], {stdio: ['ignore', 2, 2]})
  if (status !== 0) process.exit(status ?? 1)
  const bundle = join(folder, 'dist', 'fast-host', 'build', 'bundle.js')
  if (existsSync(bundle)) await import(pathToFileURL(bundle).href)
}

/** The compiler leaves what it made of a source that is gone, and a command that is left would be published. */
function refuseLeftovers() {
  const made = readdirSync(join(folder, 'dist'), {recursive: true}).filter((file) => file.endsWith('.js'))
  const left = made.filter((file) => !existsSync(join(folder, 'src', file.replace(/\.js$/, '.ts'))))
  if (left.length === 0) return
  process.stderr.write(`dist holds ${left.join(', ')}, which no source has. Remove dist, then pack again.\n`)
  process.exit(1)
}

/**
 * In a workspace a dependency is hoisted to the root, and npm then packs without it and without a word. The copy here is
 * what runs of it, and has nothing to run at installation, which package managers would block, report or refuse.
 */
function bundle(name) {
  const {files, isNeeded = () => true, leaves} = BUNDLED[name]
  const from = join(root, 'node_modules', name)
  const to = join(folder, 'node_modules', name)
  if (existsSync(to)) throw new Error(`${to} is there already. Run npm ci, then pack again.`)
  for (const file of files) {
    cpSync(join(from, file), join(to, file), {recursive: true, dereference: true, filter: isNeeded})
  }

  // Its dependencies are those of this package: npm takes what a bundled package depends on for bundled as well.
  const copied = readJson(join(from, 'package.json'))
  for (const [needed, range] of Object.entries(copied.dependencies)) {
    if (leaves.includes(needed) || needed === '@oclif/core' || description.dependencies[needed] === range) continue
    throw new Error(`${name} needs ${needed} ${range}, so the dependencies of ${description.name} have to name it.`)
  }

  for (const key of ['dependencies', 'devDependencies', 'files', 'scripts']) delete copied[key]
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(copied, undefined, 2)}\n`)
}

/** What `oclif manifest` writes. oclif then starts without loading every command. */
async function writeManifest() {
  const plugin = new Plugin({root: folder, ignoreManifest: true, errorOnManifestCreate: true})
  await plugin.load()
  writeFileSync(join(folder, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, undefined, 2)}\n`)
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
