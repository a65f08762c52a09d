import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
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
    let descriptor
    try {
      descriptor = openSync(this.#pathOf(file), 'r')
      const kept = readKept(descriptor)
      return kept?.hash === hash ? kept : undefined
    } catch {
      return undefined
    } finally {
      if (descriptor !== undefined) closeSync(descriptor)
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

const PIECE = 1 << 16

/**
 * Undefined where what is there twice is not the same. The second is read piece by piece into the same room: memory that a
 * process has not used yet is slow.
 */
function readKept(descriptor: number): (Cached & {hash: string | undefined}) | undefined {
  const room = Buffer.allocUnsafe(PIECE)
  const end = room.subarray(0, readSync(descriptor, room, 0, PIECE, 0)).indexOf('\n')
  const [hash, ...lines] = room.toString('latin1', 0, end).split(' ')
  const from = end + 1
  const length = (fstatSync(descriptor).size - from) / 2
  const data = Buffer.allocUnsafe(length)
  if (readSync(descriptor, data, 0, length, from) < length) return undefined
  for (let at = 0; at < length; at += PIECE) {
    const read = readSync(descriptor, room, 0, Math.min(PIECE, length - at), from + length + at)
    if (!data.subarray(at, at + PIECE).equals(room.subarray(0, read))) return undefined
  }

  return {hash, lines, data}
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
