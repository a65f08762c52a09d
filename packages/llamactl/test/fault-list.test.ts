import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const packages = fileURLToPath(new URL('../../', import.meta.url))

/** The files whose tests carry the number of each case, after the word: `(case N)`, `(login cases N, N)`. */
function titles(word: string): Map<number, string[]> {
  const found = new Map<number, string[]>()
  const tag = new RegExp(`\\(${word}s? ([\\d, ]+)\\)`, 'g')
  for (const name of readdirSync(packages)) {
    const folder = join(packages, name, 'test')
    for (const file of readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort()) {
      if (!file.endsWith('.ts')) continue
      const text = readFileSync(join(folder, file), 'utf8')
      const cases = [...text.matchAll(tag)].flatMap(([, numbers = '']) => numbers.split(', '))
      for (const number of new Set(cases.map(Number))) found.set(number, [...(found.get(number) ?? []), file])
    }
  }

  return found
}

for (const [list, word, length] of [
  ['faults.md', 'case', 74],
  ['login-cases.md', 'login case', 110],
] as const) {
  describe(`docs/${list}`, () => {
    const text = readFileSync(join(packages, '..', 'docs', list), 'utf8')
    const rows = [...text.matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)].map(([, number, tested = '']) => ({
      number: Number(number),
      tested,
    }))

    it(`has each of the ${length} cases once`, () => {
      expect(rows.map(({number}) => number)).to.deep.equal(Array.from({length}, (_, index) => index + 1))
    })

    it('names the files whose tests carry the number, and no other; or says why there is none', () => {
      const carried = titles(word)
      for (const {number, tested} of rows) {
        const isTested = !tested.startsWith('not tested: ')
        const named = isTested ? [...tested.matchAll(/`([^`]+\.ts)`/g)].map(([, file]) => file) : []
        expect(named, `case ${number}`).to.have.members(carried.get(number) ?? [])
        if (isTested) expect(named, `case ${number}`).not.to.deep.equal([])
        carried.delete(number)
      }

      expect([...carried.keys()], 'cases that are not in the list').to.deep.equal([])
    })
  })
}
