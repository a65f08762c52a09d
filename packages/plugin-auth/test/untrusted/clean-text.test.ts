import {expect} from 'chai'

import {cleanText} from '../../src/untrusted/clean-text.js'

describe('text that somebody else chose', () => {
  for (const [what, text, clean] of [
    ['escape sequences', 'a\u001B[2Jb', 'a [2Jb'],
    ['the one-byte CSI', 'a\u009B2Jb', 'a 2Jb'],
    ['line breaks', 'a\r\nb\u2028c', 'a b c'],
    ['bidirectional overrides', 'a\u202Eb\u2066c\u061Cd', 'a b c d'],
    ['invisible characters', 'a\u200Bb\uFEFFc\u00ADd', 'a b c d'],
    ['tag characters', `a${String.fromCodePoint(0xe0041)}b`, 'a b'],
    ['half of a surrogate pair', 'a\uD800b', 'a b'],
  ] as const) {
    it(`loses ${what}`, () => expect(cleanText(text)).to.equal(clean))
  }

  it('keeps letters of every script and emoji', () =>
    expect(cleanText('Zoë 日本 עברית 🦙')).to.equal('Zoë 日本 עברית 🦙'))

  it('is cut at the limit, between two characters', () => {
    expect(cleanText('x'.repeat(300))).to.have.length(200)
    expect(cleanText('🦙🦙🦙', 3)).to.equal('🦙')
  })

  it('is cut neither within a character nor behind a space', () => {
    expect([5, 6, 7, 8].map((limit) => cleanText('\u{10000}\u{10000}\n\u{10000}', limit))).to.deep.equal([
      '\u{10000}\u{10000}',
      '\u{10000}\u{10000}',
      '\u{10000}\u{10000} \u{10000}',
      '\u{10000}\u{10000} \u{10000}',
    ])
  })

  it('is nothing where there was nothing', () => {
    expect([cleanText(undefined), cleanText(null), cleanText('\n')]).to.deep.equal(['', '', ''])
  })

  it('is nothing where there was no text, and comes without a throw', () => {
    expect(cleanText(7)).to.equal('7')
    for (const value of [{}, [], true, Object.create(null), [Symbol('x')], () => 'x']) {
      expect(cleanText(value)).to.equal('')
    }
  })
})
