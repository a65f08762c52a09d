import {copyFileSync, mkdirSync, readdirSync, renameSync, statSync} from 'node:fs'
import {join} from 'node:path'

/**
 * What V8 compiled, handed on from one sandbox to the next: a person pays for the first run of a command once, and a suite
 * would for each of its homes. `scripts/check.mjs` names the folder.
 */
const shared = process.env['LLAMACTL_TEST_COMPILED']

const folderIn = (cache: string): string => join(cache, 'llamactl', 'compile')

export function bringCompiled(cache: string): void {
  if (shared === undefined) return
  const folder = folderIn(cache)
  mkdirSync(folder, {recursive: true, mode: 0o700})
  for (const name of filesIn(shared)) copyFileSync(join(shared, name), join(folder, name))
}

/** The larger one has learned from more commands. */
export function keepCompiled(cache: string): void {
  if (shared === undefined) return
  mkdirSync(shared, {recursive: true})
  const folder = folderIn(cache)
  for (const name of filesIn(folder)) {
    if (sizeOf(join(folder, name)) <= sizeOf(join(shared, name))) continue
    // Another process copies from there.
    const whole = join(shared, `${name}.${process.pid}`)
    copyFileSync(join(folder, name), whole)
    renameSync(whole, join(shared, name))
  }
}

/** Not those that a killed process left half written. */
const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => /^[a-z.-]+\.cjs\.v[\d.]+-\w+$/.test(name))
  } catch {
    return []
  }
}

const sizeOf = (path: string): number => statSync(path, {throwIfNoEntry: false})?.size ?? 0
