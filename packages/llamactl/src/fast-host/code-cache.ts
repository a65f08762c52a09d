import {existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, isAbsolute, join} from 'node:path'
import {Script} from 'node:vm'

/** Lines that a file can have learned from: a name that somebody typed wrong is one, too. */
const MOST_LINES = 32

interface Cached {
  data: Buffer
  /** What ran while V8 made it. */
  lines: string[]
}

/**
 * What V8 made of a file of the bundle: the functions that ran, compiled. Node.js keeps what was compiled when a file was
 * loaded (from 22 on), which is next to nothing of a file whose functions wait until they are called. V8 refuses what another
 * version of it made.
 */
export class CodeCache {
  readonly #folder: string
  readonly #line: string
  #isUsable = false

  /** `line`: the command, so that a file is written once for each. */
  constructor(folder: string, line: string) {
    this.#folder = folder
    this.#line = line
  }

  /** Of a file whose text begins with its hash in a comment. */
  compile(file: string, path: string): Script {
    const source = readFileSync(path, 'utf8')
    const hash = source.slice(2, source.indexOf('*/'))
    const cached = this.#read(file, hash)
    const script = new Script(source, {filename: path, ...(cached && {cachedData: cached.data})})
    const lines = cached && !script.cachedDataRejected ? cached.lines : []
    if (!lines.includes(this.#line) && lines.length < MOST_LINES)
      process.once('exit', () => this.#write(file, [hash, ...lines, this.#line].join(' '), script))
    return script
  }

  /** What is imported from outside the bundle: Node.js keeps it, from 22 on. */
  keepOthers(): void {
    const {enableCompileCache} = require('node:module') as {enableCompileCache?: (folder: string) => unknown}
    if (this.#isOurs()) enableCompileCache?.(this.#folder)
  }

  #pathOf(file: string): string {
    return join(this.#folder, `${file}.${process.version}-${process.arch}`)
  }

  #read(file: string, hash: string): Cached | undefined {
    if (!this.#isOurs()) return undefined
    try {
      const content = readFileSync(this.#pathOf(file))
      const end = content.indexOf('\n')
      const [of, ...lines] = content.toString('latin1', 0, end).split(' ')
      const half = end + 1 + (content.length - end - 1) / 2
      const data = content.subarray(end + 1, half)
      return of === hash && data.equals(content.subarray(half)) ? {data, lines} : undefined
    } catch {
      return undefined
    }
  }

  /** V8 runs what it finds there: nobody else may write it. */
  #isOurs(): boolean {
    this.#isUsable ||= isAbsolute(this.#folder) && isForOneUser(this.#folder)
    return this.#isUsable
  }

  /**
   * Twice: with one byte changed V8 may run for ever, and to compare the two takes a hundredth of what loading Node.js's
   * checksums takes.
   */
  #write(file: string, header: string, script: Script): void {
    try {
      if (!isAbsolute(this.#folder)) return
      makeFolder(this.#folder)
      if (!this.#isOurs()) return
      const data = script.createCachedData()
      const temporary = `${this.#pathOf(file)}.${process.pid}`
      try {
        writeFileSync(temporary, Buffer.concat([Buffer.from(`${header}\n`), data, data]), {flag: 'wx', mode: 0o600})
        renameSync(temporary, this.#pathOf(file))
      } catch {
        rmSync(temporary, {force: true})
      }
    } catch {
      // A disk that is full or read-only: slower, and nothing else.
    }
  }
}

/** Never in a home of somebody else, as under sudo: its owner could not write there any more. */
function makeFolder(folder: string): void {
  const missing: string[] = []
  let there = folder
  for (; !existsSync(there); there = dirname(there)) missing.unshift(there)
  if (missing.length > 0 && process.getuid && lstatSync(there).uid !== process.getuid()) return
  // Not recursive: in some folders of the system Node.js would try for ever.
  for (const path of missing) mkdirSync(path, 0o700)
}

function isForOneUser(folder: string): boolean {
  try {
    const stat = lstatSync(folder)
    return stat.isDirectory() && (!process.getuid || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0))
  } catch {
    return false
  }
}
