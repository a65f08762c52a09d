// Tables in Markdown, and the places in the documents where the last ones stand.
import {readFileSync, writeFileSync} from 'node:fs'
import {arch, cpus, type} from 'node:os'
import {relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {say} from './run.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The first column holds words, the others numbers. */
export function table(head, rows) {
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** What has to be said beside numbers of a machine. */
export const where = () =>
  `${new Date().toISOString().slice(0, 10)}, ${type()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim() || 'unknown CPU'}.`

/** Prints it, and with `isWritten` puts it between the marks `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` of the document. */
export function publish(name, text, {isWritten, document = 'benchmarks/README.md'}) {
  process.stdout.write(`${text}\n`)
  if (!isWritten) return
  const path = fileURLToPath(new URL(`../../${document}`, import.meta.url))
  const old = readFileSync(path, 'utf8')
  const place = new RegExp(`(<!-- bench:${name} -->\n)[^]*?(\n<!-- /bench:${name} -->)`)
  if (!place.test(old)) throw new Error(`${document} has no place for ${name}`)
  writeFileSync(
    path,
    old.replace(place, (_, before, after) => `${before}\n${text}\n${after}`),
  )
  say(`Written into ${relative(root, path)}.`)
}
