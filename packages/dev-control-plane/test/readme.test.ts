import {readFileSync} from 'node:fs'

import {expect} from 'chai'

import {namedFaults} from '../src/index.js'
import {usage} from '../src/usage.js'

describe('the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

  it('has each named fault in its table, as the source describes it', () => {
    const rows = [...readme.matchAll(/^\| `([a-z-]+)` \| (.*) \| (.*) ?\|$/gm)].map(([, ...cells]) =>
      cells.map((cell) => cell.trim()),
    )
    const wanted = namedFaults.map(({name, sentence, value}) => [
      name,
      sentence,
      value ? `${value.label}, ${value.unit}: ${value.default}` : '',
    ])
    expect(rows).to.deep.equal(wanted)
  })

  it('has the flags that --help has', () => {
    const flagsOf = (text: string): string[] => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort()
    const table = readme.slice(readme.indexOf('| flag'), readme.indexOf('Exit codes'))
    expect(flagsOf(table)).to.deep.equal(flagsOf(usage))
  })
})
