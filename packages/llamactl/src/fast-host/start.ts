import {existsSync, readFileSync} from 'node:fs'
import {release} from 'node:os'
import {join} from 'node:path'
import {CodeCache} from './code-cache.js'
import {folderFor} from './folders.js'
import {print} from './standard-output.js'

const {argv, env} = process

if (isForVersionAlone()) {
  const pjson = readFileSync(join(__dirname, '..', 'package.json'), 'utf8')
  const {name, version} = JSON.parse(pjson) as {name: string; version: string}
  print(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`)
} else {
  const {main} = createLoader()('llamactl.cjs') as {main: () => Promise<void>}
  void main()
}

/** A plugin that somebody added may want to say something, and in WSL or under DEBUG oclif has more to say. */
function isForVersionAlone(): boolean {
  if (argv.length !== 3 || argv[2] !== '--version' || env['DEBUG']) return false
  return (
    !/microsoft/i.test(release()) && process.arch !== 'ia32' && !existsSync(join(folderFor('data'), 'package.json'))
  )
}

/** Loads the files that `build/parts.ts` wrote. */
function createLoader(): (file: string) => unknown {
  const words = argv.slice(2, 4).filter((word) => /^[a-z][a-z:-]*$/.test(word))
  const isHelp = argv.includes('--help') || argv.includes('-h')
  const cache = new CodeCache(
    join(folderFor('cache'), 'compile'),
    [...words, ...(isHelp ? ['--help'] : [])].join('+') || '--',
  )
  const parts = new Map<string, {exports: unknown}>()
  const requirePart = Object.assign(
    (id: string): unknown => (id.startsWith('./') ? load(id.slice(2)) : require(id)),
    require,
  )

  const load = (file: string): unknown => {
    const known = parts.get(file)
    if (known) return known.exports
    const module = {exports: {}}
    parts.set(file, module)
    const path = join(__dirname, file)
    if (file === 'later.cjs') cache.keepOthers()
    const run = cache.compile(file, path).runInThisContext() as (...args: unknown[]) => void
    run.call(module.exports, module.exports, requirePart, module, path, __dirname, importFrom)
    return module.exports
  }

  return load
}

/** V8 forgets how to import where it is given what it compiled earlier: this is the `import()` of the other files. */
function importFrom(id: string): Promise<unknown> {
  return import(id)
}
