import {expect} from 'chai'
import {readProfileName, redactedKey, uniqueName} from '../../src/profiles/profile-name.js'
import {refusal} from '../support/refusal.js'

describe('the name of a profile', () => {
  for (const [key, name] of Object.entries({
    'llx-demo-0123456789ce2f': 'llx-de****ce2f',
    ' llx-demo 0123 456789 ce2f ': 'llx-de****ce2f',
    'llx-1234567': 'llx-12****4567',
    'llx-123456': 'llx-12****56',
    'llx - 1234 56': 'llx-12****56',
    'llx-123 4567': 'llx-12****4567',
    'llx-1': 'llx-1****-1',
    k: 'k****k',
  })) {
    it(`of the key ${JSON.stringify(key)} is ${name}`, () => {
      expect(redactedKey(key)).to.equal(name)
    })
  }

  it('gets the first number that nobody has', () => {
    expect(uniqueName('ada', [])).to.equal('ada')
    expect(uniqueName('ada', ['bob', 'ada-2'])).to.equal('ada')
    expect(uniqueName('ada', ['ada'])).to.equal('ada-2')
    expect(uniqueName('ada', ['ada', 'ada-2', 'ada-4'])).to.equal('ada-3')
    expect(uniqueName('ada', new Set(['ada', 'ADA-2']))).to.equal('ada-2')
    expect(uniqueName('ada-2', ['ada-2'])).to.equal('ada-2-2')
  })

  for (const [text, name] of Object.entries({
    work: 'work',
    '  work\n': 'work',
    'ada@example.com': 'ada@example.com',
    'Zoë’s büro 日本': 'Zoë’s büro 日本',
    [`${'a'.repeat(100)}`]: 'a'.repeat(100),
  })) {
    it(`may be typed as ${JSON.stringify(text.slice(0, 20))}`, () => {
      expect(readProfileName(text)).to.equal(name)
    })
  }

  for (const text of ['', '  ', 'a\nb', 'a\u001B[31m', 'a\u202Eb', 'a\u200Bb', 'a\u0000b', 'a'.repeat(101)]) {
    it(`is not ${JSON.stringify(text.slice(0, 20))}`, async () => {
      await refusal(
        Promise.resolve().then(() => readProfileName(text)),
        'USAGE',
      )
    })
  }
})
