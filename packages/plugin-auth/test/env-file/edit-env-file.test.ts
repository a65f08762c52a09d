import {readFileSync} from 'node:fs'
import {expect} from 'chai'
import fc from 'fast-check'
import {editEnvFile, isFitForEnvFile, namesIn} from '../../src/env-file/edit-env-file.js'
import {parseEnvFile} from '../../src/env-file/parse-env-file.js'
import {holds} from '../fuzz/support/fuzz.js'

const NAME = 'LLAMA_CLOUD_API_KEY'

/** What python-dotenv 1.2.2 wrote (`set_key`, `unset_key` for null), and what it then read. */
interface PythonCase {
  text: string
  value: string | null
  result: string
  values: Record<string, string | null>
}

const python = JSON.parse(
  readFileSync(new URL('../fixtures/python-dotenv.json', import.meta.url), 'utf8'),
) as PythonCase[]

const valuesIn = (text: string): Record<string, string | null> =>
  Object.fromEntries(
    parseEnvFile(text).flatMap(({name, value}) => (name && value !== undefined ? [[name, value]] : [])),
  )

const edit = (text: string, value: string | null) => editEnvFile(text, {[NAME]: value})?.text

/** Pieces that mean something in an env file, in any order. */
const anyText = fc
  .array(
    fc.constantFrom(
      ...[NAME, 'A', 'B', '=', "'", '"', '\n', '\r\n', '#', ' ', 'export ', '\\', "\\'", '\t', 'é', '\uFEFF'],
      ...[`${NAME}=old\n`, 'A=1\n', `${NAME}='a\nb'\n`, '# note\n', '\n\n', '$'],
    ),
    {maxLength: 14},
  )
  .map((pieces) => pieces.join(''))

const anyValue = fc.oneof(
  fc.string({unit: 'grapheme', maxLength: 12}),
  fc.array(fc.constantFrom('a', '\\', "'", '"', ' ', '#', '$'), {maxLength: 6}).map((pieces) => pieces.join('')),
)

describe('an env file', () => {
  it(`is changed as python-dotenv changes it, and read as it reads it, in ${python.length} cases`, () => {
    expect(python.length).to.be.greaterThan(100)
    for (const {text, value, result, values} of python) {
      expect(edit(text, value), JSON.stringify({text, value})).to.equal(result)
      expect(valuesIn(result), result).to.deep.equal(values)
    }
  })

  it('has what was set, once, and every other line byte for byte', () =>
    holds(fc.tuple(anyText, anyValue.filter(isFitForEnvFile)), ([text, value]) => {
      const edited = edit(text, value)
      if (edited === undefined) return expect(text, 'refused without a quote in it').to.match(/['"]/)
      expect(valuesIn(edited)[NAME]).to.equal(value)
      const others = (of: string) => parseEnvFile(of).filter(({name}) => name !== NAME)
      const lines = (of: string) => others(of).flatMap(({name, text: line}) => (name ? [line.trimEnd()] : []))
      expect(lines(edited)).to.deep.equal(lines(text))
      expect(edit(edited, value)).to.equal(edited)
      const without = edit(edited, null)
      expect(without === undefined || !namesIn(without, [NAME]).length).to.equal(true)
    }))

  it('is divided into entries that are the text again', () =>
    holds(fc.oneof(anyText, fc.string({unit: 'binary'})), (text) => {
      expect(
        parseEnvFile(text)
          .map((entry) => entry.text)
          .join(''),
      ).to.equal(text)
    }))

  it('keeps the line breaks of Windows, and an end without one', () => {
    expect(edit(`A=1\r\n${NAME}=old\r\nB=2`, 'new')).to.equal(`A=1\r\n${NAME}='new'\r\nB=2`)
    expect(edit('A=1\r\nB=2', 'new')).to.equal(`A=1\r\nB=2\r\n${NAME}='new'\r\n`)
    expect(edit(`A=1\n${NAME}=old`, 'new')).to.equal(`A=1\n${NAME}='new'`)
  })

  it('keeps blank lines, which set_key drops', () => {
    expect(edit(`A=1\n\n  ${NAME}=old\nB=2\n`, 'new')).to.equal(`A=1\n\n${NAME}='new'\nB=2\n`)
    expect(edit(`A=1\n\n${NAME}=old\nB=2\n`, null)).to.equal('A=1\n\nB=2\n')
  })

  it('has its own lines found behind a byte order mark, and others left behind it', () => {
    expect(edit(`\uFEFF${NAME}=old\n`, 'new')).to.equal(`${NAME}='new'\n`)
    expect(edit('\uFEFFA=1\n', 'new')).to.equal(`\uFEFFA=1\n${NAME}='new'\n`)
  })

  it('has a line of ours replaced that nobody could read', () => {
    expect(edit(`${NAME}='half of a key\nA=1\n`, 'new')).to.equal(`${NAME}='new'\nA=1\n`)
    expect(edit(`${NAME}='a' b\nA=1\n`, null)).to.equal('A=1\n')
  })

  it('is not changed where a quote that is open would end at one of ours', () => {
    expect(edit("A='open\n", 'new')).to.equal(undefined)
    expect(edit(`A="open\n`, 'new')).to.equal(`A="open\n${NAME}='new'\n`)
  })

  for (const value of ['a\nb', 'a\r', '\0', '${A}', 'ends with \\']) {
    it(`cannot hold ${JSON.stringify(value)}`, () => {
      expect(isFitForEnvFile(value)).to.equal(false)
    })
  }

  it('sets, adds and removes several at once, and says which', () => {
    expect(editEnvFile('C=3\nA=0\n', {A: '1', B: '2', C: null, D: null})).to.deep.equal({
      text: "A='1'\nB='2'\n",
      written: ['A', 'B'],
      removed: ['C'],
    })
  })
})
