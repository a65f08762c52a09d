/** Makes `bundle/`, which `bin/run.cjs` starts. Runs after the compiler. docs/start-up.md says why. */
import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build, type BuildOptions, type Plugin} from 'esbuild'
import {readContents} from './contents.js'
import {fromPlugins} from './from-plugins.js'
import {Halves, table} from './halves.js'
import {lazyCore} from './lazy-core.js'
import {licenses} from './licenses.js'

/** Other plugins are loaded from the disk, when one of their commands runs. */
const BUNDLED = ['llamactl', '@llamactl/plugin-auth', '@llamactl/plugin-completion', '@oclif/plugin-help']

/** In the first file: what runs with each command, and the commands that are typed most and ask nobody. */
const FIRST = /\/(?:after-command|command-not-found|init-hook|auth\/list|commands\/help)(?:\.js)?$/

const hostRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')
const folder = join(hostRoot, 'bundle')
const room = join(hostRoot, 'dist', 'fast-host')
const contents = await readContents(hostRoot, BUNDLED)
const {roots} = contents
const halves = new Halves(nameOf)

/** Of a module, without where this machine keeps it. */
function nameOf(path: string): string {
  const [name, root] = Object.entries(roots).find(([, root]) => path.startsWith(root)) ?? []
  return root
    ? `${name}${path.slice(root.length)}`
    : path.slice(path.lastIndexOf('node_modules') + 'node_modules/'.length)
}

const source = (): string => {
  const modules = Object.entries(contents.modules).map(([name, files]) => {
    const rows = Object.entries(files).map(([path, file]) => {
      const load = FIRST.test(path) ? `require(${JSON.stringify(file)})` : halves.fromLater(file)
      return `${JSON.stringify(path)}: () => ${load}`
    })
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
const thisRoom = (written: Record<string, () => string>): Plugin => ({
  name: 'this-room',
  setup(build) {
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
  outdir: folder,
  outExtension: {'.js': '.cjs'},
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

const first = ({write}: {write: boolean}) =>
  build({
    ...options,
    write,
    entryPoints: {llamactl: '#bundle/start'},
    plugins: [
      thisRoom({
        start: () => `export {main} from "#bundle/main"\nexport const shared = ${table(halves.shared)}`,
        contents: source,
      }),
      halves.importLater,
      lazyCore(),
      fromPlugins(roots),
    ],
  })

rmSync(folder, {recursive: true, force: true})
// Twice: which modules it has to share is known when the second file is there.
const {metafile} = await first({write: false})
halves.read(metafile, hostRoot)
const later = await build({
  ...options,
  entryPoints: {later: '#bundle/later'},
  plugins: [
    thisRoom({later: () => `export const modules = ${table(halves.later)}`}),
    halves.importFirst,
    fromPlugins(roots),
  ],
})
await first({write: true})
writeFileSync(join(folder, 'LICENSES.txt'), licenses([metafile, later.metafile], hostRoot))
