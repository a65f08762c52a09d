import {cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join, relative, sep} from 'node:path'
import {build, type BuildOptions, type Metafile, type Plugin} from 'esbuild'
import {packageOf, readPackage} from './package.js'
import {withoutPaths} from './parts.js'

/** What modules of a package look for beside themselves, by its path in the package. */
const FILES: Record<string, string[]> = {
  '@llamactl/plugin-completion': ['shells'],
  '@oclif/plugin-plugins': ['lib/rm.js'],
  '@sqlite.org/sqlite-wasm': ['sqlite-wasm/jswasm/sqlite3.wasm'],
}

/** Programs that they start, made one file each. */
const PROGRAMS: Record<string, string> = {
  '@llamactl/plugin-auth': 'dist/credentials/keychain/helper.js',
}

/** The systems that keytar's loader knows; its file for `linux-arm` is one for another processor. */
const SYSTEMS = /^(darwin|linux|win32)-(arm64|ia32|x64)$/

/** `packages/` in the bundle: what has to be a file, of the packages of which the modules are in the bundle. */
export class Beside {
  readonly #roots = new Map<string, string>()

  /** A module that asks where it is hears where it would be below `packages/`, and finds there what it looks for. */
  modules(): Plugin {
    return {
      name: 'beside-modules',
      setup: (build) => {
        build.onLoad({filter: /\.m?js$/}, ({path}) => {
          const source = readFileSync(path, 'utf8')
          if (!source.includes('import.meta.url')) return undefined
          const root = packageOf(path)
          const {name} = readPackage(root)
          if (!FILES[name] && !PROGRAMS[name])
            throw new Error(`${path} looks for something beside itself, which build/beside.ts has to name`)
          this.#roots.set(name, root)
          const place = ['packages', name, relative(root, path).split(sep).join('/')].map((part) =>
            JSON.stringify(part),
          )
          // Not `require`, which some of them declare.
          const imported = 'import {pathToFileURL as toUrl$} from "node:url"; import {join as join$} from "node:path";'
          const url = `toUrl$(join$(__dirname, ${place.join(', ')})).href`
          return {contents: `${imported}${source.replaceAll('import.meta.url', url)}`}
        })
      },
    }
  }

  /** Of what the programs were made is returned. */
  async write(folder: string, options: BuildOptions): Promise<Metafile['inputs']> {
    const made: Metafile['inputs'][] = []
    for (const [name, root] of this.#roots) {
      for (const file of FILES[name] ?? []) cpSync(join(root, file), join(folder, name, file), {recursive: true})
      const program = PROGRAMS[name]
      if (program) made.push(await makeProgram(join(root, program), join(folder, name, program), options))
    }

    return Object.assign({}, ...made) as Metafile['inputs']
  }
}

/** As a module, which may wait at its top. keytar looks for its native part beside the file that it is in. */
async function makeProgram(from: string, to: string, options: BuildOptions): Promise<Metafile['inputs']> {
  const {outputFiles, metafile} = await build({
    ...options,
    entryPoints: [from],
    format: 'esm',
    banner: {js: 'import {createRequire} from "node:module"; const require = createRequire(import.meta.url)'},
    external: ['@napi-rs/keyring'],
    write: false,
    metafile: true,
  })
  mkdirSync(dirname(to), {recursive: true})
  writeFileSync(to, withoutPaths(outputFiles[0]?.text ?? ''))
  const keytar = Object.keys(metafile.inputs).find((path) => path.endsWith('/lib/keytar.js'))
  if (keytar) {
    const prebuilds = join(options.absWorkingDir ?? '', dirname(keytar), '..', 'prebuilds')
    for (const system of readdirSync(prebuilds).filter((name) => SYSTEMS.test(name)))
      cpSync(join(prebuilds, system), join(dirname(to), 'prebuilds', system), {recursive: true})
  }

  return metafile.inputs
}
