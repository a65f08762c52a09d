import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const packages = fileURLToPath(new URL('../../', import.meta.url))

/** The files whose tests carry the number of each case. */
function titles(): Map<number, string[]> {
  const found = new Map<number, string[]>()
  for (const name of readdirSync(packages)) {
    const folder = join(packages, name, 'test')
    for (const file of readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort()) {
      if (!file.endsWith('.ts')) continue
      const text = readFileSync(join(folder, file), 'utf8')
      const cases = [...text.matchAll(/\(cases? ([\d, ]+)\)/g)].flatMap(([, numbers = '']) => numbers.split(', '))
      for (const number of new Set(cases.map(Number))) found.set(number, [...(found.get(number) ?? []), file])
    }
  }

  return found
}

describe('docs/faults.md', () => {
  const text = readFileSync(join(packages, '..', 'docs', 'faults.md'), 'utf8')
  const rows = [...text.matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)].map(([, number, tested = '']) => ({
    number: Number(number),
    tested,
  }))

  it('has each of the 74 cases once', () => {
    expect(rows.map(({number}) => number)).to.deep.equal(Array.from({length: 74}, (_, index) => index + 1))
  })

  it('names the files whose tests carry the number, and no other; or says why there is none', () => {
    const carried = titles()
    for (const {number, tested} of rows) {
      const named = [...tested.matchAll(/`([^`]+\.ts)`/g)].map(([, file]) => file)
      expect(named, `case ${number}`).to.have.members(carried.get(number) ?? [])
      if (named.length === 0) expect(tested, `case ${number}`).to.match(/^not tested/)
      carried.delete(number)
    }

    expect([...carried.keys()], 'cases that are not in the list').to.deep.equal([])
  })
})
