import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Metafile} from 'esbuild'
import {packageOf, readPackage} from './package.js'

/** The licenses of what others wrote and is in the bundle: most of them ask that their text goes with every copy. */
export function licenses(inputs: Metafile['inputs'], folder: string): string {
  const theirs = Object.keys(inputs).filter((input) => input.includes('node_modules/'))
  const roots = new Set(theirs.map((input) => packageOf(join(folder, input))))
  return [...roots].sort().map(licenseOf).join('\n\n')
}

function licenseOf(root: string): string {
  const {name, version, license} = readPackage(root)
  const file = readdirSync(root).find((candidate) => /^licen[cs]e/i.test(candidate))
  const text = file ? readFileSync(join(root, file), 'utf8').trim() : 'Its package holds no text of the license.'
  return `${name} ${version} (${license})\n\n${text}`
}
