import {expect} from 'chai'
import fc from 'fast-check'
import {rcBlock} from '../../src/installation/rc-block.js'

const block = rcBlock('llamactl', ['one', 'two'])

describe('the block in an rc file', () => {
  for (const [what, text] of Object.entries({
    lines: 'a\nb\n',
    nothing: '',
    'no end of the last line': 'a\nb',
    'empty lines at its end': 'a\n\n\n',
    'line ends of Windows': 'a\r\nb\r\n',
    'the block of another CLI': rcBlock('otherctl', ['x']).put('a'),
    'characters that a pattern would take for more': 'export A="$1 $& $$"\n# .*+?^${}()|[]\\\n',
  })) {
    it(`is put behind a file with ${what}, and gives back every byte`, () => {
      const put = block.put(text)
      expect(put.startsWith(text)).to.equal(true)
      expect(put).to.contain('# >>> llamactl completion >>>\none\ntwo\n# <<< llamactl completion <<<')
      expect(block.put(put)).to.equal(put)
      expect(block.takeOut(put)).to.equal(text)
      expect(block.isBroken(put)).to.equal(false)
    })
  }

  it('gives back every byte of any text, and is the same when it is put twice', () => {
    const text = fc.string({unit: fc.constantFrom('a', '\n', '\r', ' ', '#', '$&', 'é')})
    fc.assert(
      fc.property(text, (before) => {
        const put = block.put(before)
        expect(block.put(put)).to.equal(put)
        expect(block.takeOut(put)).to.equal(before)
      }),
      {numRuns: 500, seed: 1},
    )
  })

  it('is the whole file where there was none, and the file goes with it', () => {
    const put = block.put(undefined)
    expect(block.put(put)).to.equal(put)
    expect(block.takeOut(put)).to.equal(undefined)
  })

  it('leaves what a person wrote around it since', () => {
    expect(block.takeOut(`${block.put('a\n')}b\n`)).to.equal('a\nb\n')
    expect(block.takeOut(`x\n${block.put(undefined)}`)).to.equal('x\n')
  })

  it('keeps the lines apart that stand before and behind it', () => {
    const written = `${block.put('export A=1')}alias x=y\n`
    expect(block.takeOut(written)).to.equal('export A=1\nalias x=y\n')
    expect(block.put(written)).to.equal(block.put('export A=1\nalias x=y\n'))
  })

  it('is renewed where other lines are in it, at the end', () => {
    expect(block.put(`${rcBlock('llamactl', ['old']).put('a\n')}b\n`)).to.equal(`a\nb\n${block.put('')}`)
  })

  it('is broken where one of its ends is missing', () => {
    const put = block.put('a\n')
    expect(block.isBroken(put.replace(/^# <<<.*\n/m, ''))).to.equal(true)
    expect(block.isBroken(put.replace(/^# >>>.*\n/m, ''))).to.equal(true)
    expect(block.isBroken(`# >>> llamactl completion >>>\n${put}`)).to.equal(true)
  })
})
