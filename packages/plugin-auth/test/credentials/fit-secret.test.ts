import {expect} from 'chai'
import {fitsAnyKeychain, fitsKeychain} from '../../src/credentials/fit-secret.js'
import {createKeychainStore} from '../../src/credentials/keychain/keychain-store.js'
import {Secret} from '../../src/secret.js'
import {refusal} from '../support/refusal.js'

describe('the length of a secret', () => {
  it('is limited to 2,560 bytes on Windows alone', () => {
    for (const [text, fits] of [
      ['k'.repeat(2560), true],
      ['k'.repeat(2561), false],
      ['ü'.repeat(1280), true],
      ['ü'.repeat(1281), false],
    ] as const) {
      expect(fitsKeychain(new Secret(text), 'win32')).to.equal(fits)
      expect(fitsKeychain(new Secret(text), 'linux')).to.equal(true)
    }
  })

  it('is half of that in characters for what can be done without: the other library writes two bytes for each', () => {
    for (const [text, fits] of [
      ['k'.repeat(1280), true],
      ['k'.repeat(1281), false],
    ] as const) {
      expect(fitsAnyKeychain(new Secret(text), 'win32')).to.equal(fits)
      expect(fitsAnyKeychain(new Secret(text), 'linux')).to.equal(true)
    }

    expect(fitsAnyKeychain(new Secret('a\nb'), 'linux')).to.equal(false)
  })

  it('is checked before the keychain is called (case 60)', async () => {
    const store = createKeychainStore({service: 'test-host', env: {}, interactive: false, platform: 'win32'})
    const error = await refusal(store.set('one', new Secret('llx-canary'.repeat(300))), 'KEYCHAIN_ERROR')
    expect(error.message).to.include('longer than the keychain of this system takes').and.not.to.include('canary')
  })
})
