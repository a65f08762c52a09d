import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, relative, sep} from 'node:path'
import type {BuildResult, Plugin} from 'esbuild'

/**
 * The files of the bundle, and command lines. A module is in the first file of which one of the lines needs it, or else in the last
 * file: each file costs what is in it, also what does not run.
 */
const PARTS = [
  {file: 'llamactl.cjs', lines: ['auth list', 'auth list --json', 'auth env list']},
  {file: 'help.cjs', lines: ['--help', 'auth list --help', 'auth lsit']},
  {file: 'later.cjs', lines: []},
] as const

type File = (typeof PARTS)[number]['file']

/** By the name that a module has in esbuild's metafile: the file it is in, and a shorter name. */
export type Placed = ReadonlyMap<string, {file: File; id: number}>

export const FILES: readonly File[] = PARTS.map(({file}) => file)

/** The opening of the function that esbuild puts around a module. */
const WRAPPED = /(__commonJS|__esm)\(\{\s*"([^"]+)"(\([^)]*\)\s*\{)/g

/** Without the names that esbuild gives modules, which are paths from where it ran. */
export function withoutPaths(source: string): string {
  let count = 0
  return source.replaceAll(WRAPPED, (_, helper: string, _name, rest: string) => `${helper}({m${count++}${rest}`)
}

/** What `start.ts` loads: a function, and without `import()`, which V8 cannot do from what it compiled earlier. */
export function loadable(source: string): string {
  const text = withoutPaths(source).replaceAll(/(?<![\w$.])import\(/g, 'importFrom(')
  const hash = createHash('sha256').update(text).digest('hex')
  return `/*${hash}*/(function (exports, require, module, __filename, __dirname, importFrom) {${text}\n})\n`
}

/** Runs the bundle that holds everything, and sees which modules each line needs. */
export function placeModules(whole: BuildResult<{metafile: true; write: false}>, folder: string): Placed {
  const home = mkdtempSync(join(tmpdir(), 'llamactl-bundle-'))
  const program = join(folder, 'whole.cjs')
  const seen = join(home, 'seen.json')
  const wrapped = new Set<string>()
  const source = (whole.outputFiles[0]?.text ?? '').replaceAll(WRAPPED, (opening, _helper, name: string) => {
    wrapped.add(name)
    return `${opening} seen.add(${JSON.stringify(name)});`
  })
  const written = `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(seen)}, JSON.stringify([...seen])))`
  writeFileSync(program, `const seen = new Set()\n${written}\n${source}\nmodule.exports.main()\n`)

  const evaluatedBy = (line: string): string[] => {
    const {PATH, SystemRoot} = process.env
    const env = {PATH, SystemRoot, HOME: home, USERPROFILE: home, LOCALAPPDATA: home}
    rmSync(seen, {force: true})
    try {
      execFileSync(process.execPath, [program, ...line.split(' ')], {env, stdio: 'ignore'})
    } catch {
      // An unknown command does not end with 0.
    }
    return JSON.parse(readFileSync(seen, 'utf8')) as string[]
  }

  const [first, last] = [FILES[0] as File, FILES.at(-1) as File]
  const files = new Map<string, File>()
  for (const {file, lines} of PARTS.toReversed()) for (const name of lines.flatMap(evaluatedBy)) files.set(name, file)
  rmSync(home, {recursive: true, force: true})
  rmSync(program)
  const fileOf = (name: string): File => (wrapped.has(name) ? (files.get(name) ?? last) : first)
  return new Map(Object.keys(whole.metafile.inputs).map((name, id) => [name, {file: fileOf(name), id}]))
}

/** For one of the files: a module that is in another file comes from there, where `modules` has it by its shorter name. */
export class Part {
  /** What the other files ask this one for. */
  readonly asked = new Set<string>()
  readonly #file: File
  readonly #placed: Placed
  readonly #root: string

  constructor(file: File, placed: Placed, root: string) {
    this.#file = file
    this.#placed = placed
    this.#root = root
  }

  /** JavaScript for the modules that the other files ask for, each evaluated when it is asked for. */
  get modules(): string {
    const names = [...this.#placed].filter(([name]) => this.asked.has(name))
    const rows = names.map(([name, {id}]) => `${id}: () => require(${JSON.stringify(`placed:${name}`)})`)
    return `export const modules = {${rows.join(', ')}}`
  }

  fromOthers(parts: ReadonlyMap<File, Part>): Plugin {
    const resolving = Symbol('resolving')
    return {
      name: 'from-other-parts',
      setup: (build) => {
        build.onResolve({filter: /^placed:/}, ({path}) => this.#find(path.slice('placed:'.length)))
        build.onResolve({filter: /^\.\/[a-z]+\.cjs$/, namespace: 'elsewhere'}, ({path}) => ({path, external: true}))
        build.onResolve({filter: /.*/}, async ({path, pluginData, ...where}) => {
          if (pluginData === resolving || where.kind === 'entry-point') return undefined
          const found = await build.resolve(path, {...where, pluginData: resolving})
          const name =
            found.namespace === 'file'
              ? relative(this.#root, found.path).split(sep).join('/')
              : `${found.namespace}:${found.path}`
          const {file, id} = this.#placed.get(name) ?? {}
          if (file === undefined || file === this.#file) return found
          parts.get(file)?.asked.add(name)
          return {path: String(id), namespace: 'elsewhere', pluginData: file}
        })
        build.onLoad({filter: /.*/, namespace: 'elsewhere'}, ({path, pluginData}) => ({
          contents: `module.exports = require("./${pluginData as File}").modules[${path}]()`,
        }))
      },
    }
  }

  #find(name: string): {path: string; namespace?: string} {
    const [, namespace, path] = /^([a-z-]+):(.*)$/.exec(name) ?? []
    return path === undefined ? {path: join(this.#root, name)} : {path, ...(namespace && {namespace})}
  }
}
