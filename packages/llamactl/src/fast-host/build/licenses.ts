import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Metafile} from 'esbuild'

/** The licenses of what others wrote and is in the bundle: most of them ask that their text goes with every copy. */
export function licenses({inputs}: Metafile, folder: string): string {
  const theirs = Object.keys(inputs).filter((input) => input.includes('node_modules/'))
  const roots = new Set(theirs.map((input) => packageOf(join(folder, input))))
  return [...roots].sort().map(licenseOf).join('\n\n')
}

function packageOf(file: string): string {
  let root = dirname(file)
  while (!existsSync(join(root, 'package.json'))) root = dirname(root)
  return root
}

function licenseOf(root: string): string {
  const {name, version, license} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    string
  >
  const file = readdirSync(root).find((candidate) => /^licen[cs]e/i.test(candidate))
  const text = file ? readFileSync(join(root, file), 'utf8').trim() : 'Its package holds no text of the license.'
  return `${name} ${version} (${license})\n\n${text}`
}
