import {closeSync, openSync, readSync, statSync, utimesSync} from 'node:fs'
import {writeAtomically} from './write-atomically.js'

/**
 * What the scripts answer from: lines of fields, separated by TABs, of which only the last may be empty. The first line names the
 * format, what the file is valid for, and the sources it was made from. The file's own time is that of its youngest source:
 * it is stale, for this program and for the scripts, as soon as a source is younger or gone.
 */
export const FORMAT = 1

/** Scripts read no further. */
const MOST_LINES = 20_000

/** Above it a script would take too long, and a header is shorter. */
const LONGEST_HEADER = 16 * 1024

/**
 * `configDir` is what the variable says that moves the configuration folder: in a shell where it says something else, the values are
 * others. `-`: they are not.
 */
export const headerOf = (configDir: string | undefined, watch: readonly string[]): string =>
  ['V', FORMAT, configDir === undefined ? '-' : `=${configDir}`, ...watch].join('\t')

/** Takes the times before the content is made: what changes meanwhile is younger. */
export function timeOf(watch: readonly string[]): number {
  const times = watch.map((path) => statSync(path, {throwIfNoEntry: false})?.mtimeMs ?? 0)
  // Rounded up, because a file's time is set less exactly than it is read.
  return Math.ceil(Math.max(0, ...times)) + 1
}

export function writeIndexFile(path: string, lines: readonly string[], time: number): void {
  const text = `${lines.slice(0, MOST_LINES).join('\n')}\n`
  writeAtomically(path, text, (temporary) => utimesSync(temporary, time / 1000, time / 1000))
}

/** As the scripts see it. */
export function isFresh(path: string, configDir: string): boolean {
  const [, , validFor, ...watch] = readHeader(path)
  if (validFor !== '-' && validFor !== `=${configDir}`) return false
  const {mtimeMs} = statSync(path)
  return watch.every((source) => {
    const entry = statSync(source, {throwIfNoEntry: false})
    return entry !== undefined && entry.mtimeMs <= mtimeMs
  })
}

/** The fields of the first line; none where it is not one. */
function readHeader(path: string): string[] {
  if (!statSync(path, {throwIfNoEntry: false})?.isFile()) return []
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(LONGEST_HEADER)
    const [header = ''] = buffer.toString('utf8', 0, readSync(descriptor, buffer)).split('\n', 1)
    return header.startsWith(`V\t${FORMAT}\t`) ? header.split('\t') : []
  } finally {
    closeSync(descriptor)
  }
}
