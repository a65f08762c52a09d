/** Makes `bundle/`, which `bin/run.cjs` starts. Runs after the compiler. docs/start-up.md says why. */
import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build, type BuildOptions, type Plugin} from 'esbuild'
import {Beside} from './beside.js'
import {readContents} from './contents.js'
import {fromPlugins} from './from-plugins.js'
import {lazyCore} from './lazy-core.js'
import {licenses} from './licenses.js'
import {writeMaterials} from './materials.js'
import {Outside} from './outside.js'
import {FILES, loadable, Part, placeModules} from './parts.js'

const hostRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')
const folder = join(hostRoot, 'bundle')
const room = join(hostRoot, 'dist', 'fast-host')
const contents = await readContents(hostRoot)
const outside = new Outside()
const beside = new Beside()

const source = (): string => {
  const modules = Object.entries(contents.modules).map(([name, files]) => {
    const rows = Object.entries(files).map(
      ([path, file]) => `${JSON.stringify(path)}: () => require(${JSON.stringify(file)})`,
    )
    return `${JSON.stringify(name)}: {${rows.join(', ')}}`
  })
  return [
    `export const coreVersion = ${JSON.stringify(contents.coreVersion)}`,
    // V8 reads JSON faster than JavaScript.
    `export const snapshots = JSON.parse(${JSON.stringify(JSON.stringify(contents.snapshots))})`,
    `export const modules = {${modules.join(', ')}}`,
  ].join('\n')
}

/** What stands behind `#bundle/…`: the modules of this room, and two that are written here. */
const thisRoom = (start: () => string): Plugin => ({
  name: 'this-room',
  setup(build) {
    const written: Record<string, () => string> = {start, contents: source}
    build.onResolve({filter: /^#bundle\//}, ({path}) => {
      const name = path.slice('#bundle/'.length)
      return written[name] ? {path: name, namespace: 'written'} : {path: join(room, `${name}.js`)}
    })
    build.onLoad({filter: /.*/, namespace: 'written'}, ({path}) => ({
      contents: (written[path] as () => string)(),
      resolveDir: hostRoot,
    }))
  },
})

const options = {
  absWorkingDir: hostRoot,
  write: false,
  outdir: folder,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // Names stay: V8 compiles what is short and in brackets at once, which makes a minified bundle slower.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // oclif asks for it where a linked plugin has a tsconfig.json, and goes on without it.
  external: ['typescript'],
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions

const main = 'export {main} from "#bundle/main"'
rmSync(folder, {recursive: true, force: true})
mkdirSync(folder)
writeFileSync(join(folder, 'manifests.json'), JSON.stringify(contents.manifests))
writeFileSync(join(folder, 'details.json'), JSON.stringify(contents.details))

const forAll = (start: () => string, isWhole: boolean): Plugin[] => [
  thisRoom(start),
  lazyCore({isWhole, outside: (specifier) => outside.expression(contents.coreRoot, specifier)}),
  fromPlugins(contents.roots, outside),
  beside.modules(),
]
const whole = await build({...options, entryPoints: {whole: '#bundle/start'}, plugins: forAll(() => main, true)})
const placed = placeModules(whole, folder)
const parts = new Map(FILES.map((file) => [file, new Part(file, placed, hostRoot)]))
const buildPart = async (file: (typeof FILES)[number], part: Part): Promise<string> => {
  const start = () => [...(file === FILES[0] ? [main] : []), part.modules].join('\n')
  const plugins = [part.fromOthers(parts), ...forAll(start, false)]
  const {outputFiles} = await build({...options, entryPoints: {part: '#bundle/start'}, plugins})
  return loadable(outputFiles[0]?.text ?? '')
}

// What a file is asked for is known when the others were made, and brings what it needs itself.
const asked = (): number => [...parts.values()].reduce((sum, part) => sum + part.asked.size, 0)
for (let before = -1; before !== asked();) {
  before = asked()
  for (const [file, part] of parts) writeFileSync(join(folder, file), await buildPart(file, part))
}
await build({...options, write: true, entryPoints: {start: join(room, 'start.js')}, outExtension: {'.js': '.cjs'}})

const inputs = {...whole.metafile.inputs}
for (const [file, entry] of outside.entries) {
  const stdin = {contents: `module.exports = require(${JSON.stringify(entry)})`, resolveDir: hostRoot}
  const {outputFiles, metafile} = await build({...options, stdin, plugins: [beside.modules()]})
  writeFileSync(join(folder, file), loadable(outputFiles[0]?.text ?? ''))
  Object.assign(inputs, metafile.inputs)
}

const packages = join(folder, 'packages')
for (const {pjson} of Object.values(contents.snapshots).filter(({pjson}) => pjson.name !== 'llamactl')) {
  const {name, version, description, license, type, oclif} = pjson
  mkdirSync(join(packages, name), {recursive: true})
  const described = {name, version, description, license, type, oclif}
  writeFileSync(join(packages, name, 'package.json'), JSON.stringify(described, undefined, 2))
}
Object.assign(inputs, await beside.write(packages, options))
writeFileSync(join(folder, 'LICENSES.txt'), licenses(inputs, hostRoot))
writeMaterials(join(folder, 'llamactl.cdx.json'), inputs, hostRoot)
