import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Interfaces} from '@oclif/core'

/** The folder of the package that a file is in. Some have a `package.json` further down that says how to load what is there. */
export function packageOf(file: string): string {
  let root = dirname(file)
  while (!existsSync(join(root, 'package.json')) || !('version' in readPackage(root))) root = dirname(root)
  return root
}

export const readPackage = (root: string): Interfaces.PJSON =>
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Interfaces.PJSON
