// npm runs this in a package's folder before it packs: makes what a tarball needs and the repository does not hold.
// `postpack.mjs` takes it away again, because a command list that stays behind would hide new commands.
import {Plugin} from '@oclif/core'
import {spawnSync} from 'node:child_process'
import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {bundleDependencies, readDescription} from './bundle-dependencies.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = process.cwd()

await build()
refuseLeftovers(folder)
for (const [plugin, copy] of bundleDependencies(folder)) {
  refuseLeftovers(plugin)
  await writeManifest(plugin, copy)
}
if (readDescription(folder).oclif) await writeManifest(folder, folder)

async function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const {status} = spawnSync(process.execPath, [tsc, '-b', folder], {stdio: ['ignore', 2, 2]})
  if (status !== 0) process.exit(status ?? 1)
  const bundle = join(folder, 'dist', 'fast-host', 'build', 'bundle.js')
  if (existsSync(bundle)) await import(pathToFileURL(bundle).href)
}

/** The compiler leaves what it made of a source that is gone, and a command that is left would be published. */
function refuseLeftovers(folder) {
  const made = readdirSync(join(folder, 'dist'), {recursive: true}).filter((file) => file.endsWith('.js'))
  const left = made.filter((file) => !existsSync(join(folder, 'src', file.replace(/\.js$/, '.ts'))))
  if (left.length === 0) return
  process.stderr.write(
    `${join(folder, 'dist')} holds ${left.join(', ')}, which no source has. Remove it, then pack again.\n`,
  )
  process.exit(1)
}

/** What `oclif manifest` writes. oclif then starts without loading every command. */
async function writeManifest(root, into) {
  const plugin = new Plugin({root, ignoreManifest: true, errorOnManifestCreate: true})
  await plugin.load()
  writeFileSync(join(into, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, undefined, 2)}\n`)
}
