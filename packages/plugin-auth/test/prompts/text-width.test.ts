import {expect} from 'chai'

import {oneLine, positionAfter, truncate, widthOf} from '../../src/prompts/text-width.js'

describe('text width', () => {
  it('counts columns, not characters', () => {
    expect(widthOf('abc')).to.equal(3)
    expect(widthOf('漢字')).to.equal(4)
    expect(widthOf('🎉')).to.equal(2)
    expect(widthOf('e\u0301')).to.equal(1)
  })

  it('truncates to at most the columns there are', () => {
    expect(truncate('abcdef', 6)).to.equal('abcdef')
    expect(truncate('abcdefg', 6)).to.equal('abcde…')
    expect(truncate('漢字漢字', 6)).to.equal('漢字…')
    expect(truncate('漢字漢字', 5)).to.equal('漢字…')
    expect(truncate('abc', 0)).to.equal('')
  })

  it('knows where the cursor stands after wrapped, wide and coloured text', () => {
    expect(positionAfter('\u001B[31mabc\u001B[39m', 10)).to.deep.equal({row: 0, column: 3})
    expect(positionAfter('abcdefghij', 10)).to.deep.equal({row: 0, column: 10})
    expect(positionAfter('abcdefghijk', 10)).to.deep.equal({row: 1, column: 1})
    expect(positionAfter('漢字漢', 5)).to.deep.equal({row: 1, column: 2})
    expect(positionAfter('ab\ncd', 10)).to.deep.equal({row: 1, column: 2})
  })

  it('makes one line of many, without escape sequences', () => {
    expect(oneLine('a\r\nb\u001B[2Jc\u2028d')).to.equal('a bc d')
  })
})
