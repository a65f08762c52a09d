import {inspect} from 'node:util'
import {expect} from 'chai'
import {decodeCredential, encodeCredential, encodeFor, usableAccess} from '../../src/login/credential.js'
import {readApiKey} from '../../src/login/read-api-key.js'
import {requireCredential, requireLatestCredential} from '../../src/login/require-credential.js'
import type {Profile} from '../../src/profiles/profile.js'
import {Secret} from '../../src/secret.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'
import {API_URL, fail, instead} from './support/fakes.js'

const later = <T>(work: () => T): Promise<T> => Promise.resolve().then(work)

describe('the entry of a profile in a credential store', () => {
  const refreshToken = new Secret('refresh "\\\n\t☃')

  it('is one line that says what is in it', () => {
    expect(encodeCredential({apiKey: new Secret('llx-1')}).reveal()).to.equal('{"api_key":"llx-1"}')
    const text = encodeCredential({apiKey: new Secret('llx-1'), refreshToken}).reveal()
    // eslint-disable-next-line no-control-regex
    expect(text).not.to.match(/[\u0000-\u001F]/)
  })

  it('is read as it was written', () => {
    const {apiKey, refreshToken: read} = decodeCredential(encodeCredential({apiKey: new Secret('llx-1'), refreshToken}))
    expect([apiKey.reveal(), read?.reveal()]).to.deep.equal(['llx-1', refreshToken.reveal()])
    expect(decodeCredential(encodeCredential({apiKey: new Secret('llx-1')}))).not.to.have.property('refreshToken')
  })

  describe('with an access token', () => {
    const apiKey = new Secret('llx-1')
    const access = {token: new Secret('opaque'), expiresAt: new Date('2030-01-01T00:00:00.900Z')}
    const fits = (isRoom: boolean) => () => isRoom
    const text = '{"api_key":"llx-1","access_token":"opaque","access_token_expires_at":1893456000}'

    it('says until when it is good, in whole seconds', () => {
      const encoded = encodeFor(createMemoryCredentialStore(), {apiKey, access})
      expect(encoded.reveal()).to.equal(text)
      const read = decodeCredential(encoded).access
      expect([read?.token.reveal(), read?.expiresAt.toISOString()]).to.deep.equal([
        'opaque',
        '2030-01-01T00:00:00.000Z',
      ])
    })

    for (const [what, store] of Object.entries({
      'a plain file': {kind: 'file' as const, fits: fits(true)},
      'a keychain that has no room for it': {kind: 'keychain' as const, fits: fits(false)},
    })) {
      it(`is written without it into ${what}`, () => {
        expect(encodeFor(store, {apiKey, access}).reveal()).to.equal('{"api_key":"llx-1"}')
      })
    }

    for (const at of ['null', '"2030-01-01"', '1e300', '[]']) {
      it(`is read without it when it ends at ${at}`, () => {
        expect(decodeCredential(new Secret(text.replace('1893456000', at)))).not.to.have.property('access')
      })
    }

    it('gives it out while it is good for a minute more, and not to who was refused with it', () => {
      const endingIn = (seconds: number) => ({
        apiKey,
        access: {token: new Secret('opaque'), expiresAt: new Date(Date.now() + seconds * 1000)},
      })
      expect(usableAccess(endingIn(62))?.token.reveal()).to.equal('opaque')
      expect(usableAccess(endingIn(59))).to.equal(undefined)
      expect(usableAccess(endingIn(300), new Secret('opaque'))).to.equal(undefined)
      expect(usableAccess(endingIn(300), new Secret('another'))?.token.reveal()).to.equal('opaque')
      expect(usableAccess({apiKey})).to.equal(undefined)
    })
  })

  it('may hold more than is known today', () => {
    const {apiKey, ...rest} = decodeCredential(new Secret('{"api_key": "llx-1", "refresh_token": null, "sealed": {}}'))
    expect(apiKey.reveal()).to.equal('llx-1')
    expect(rest).to.deep.equal({})
  })

  for (const text of [
    '',
    'llx-canary',
    '"llx-canary"',
    '["llx-canary"]',
    'null',
    '{}',
    '{"api_key": ""}',
    '{"api_key": 7}',
  ]) {
    it(`is not one of ours when it is ${JSON.stringify(text)}, and is not quoted`, async () => {
      const error = await refusal(
        later(() => decodeCredential(new Secret(text))),
        'CREDENTIAL_MISSING',
      )
      expect(inspect(error, {showHidden: true, depth: 9})).not.to.include('canary')
    })
  }

  describe('is required', () => {
    const store = createMemoryCredentialStore()
    const profile = async (fields: Partial<Profile> = {}): Promise<Profile> => ({
      id: 'a',
      name: 'ada',
      project_id: null,
      auth_type: 'token',
      credential: await store.set('a', encodeCredential({apiKey: new Secret('llx-1')})),
      ...fields,
    })

    it('from the store that it was written to', async () => {
      const asked: string[] = []
      const credential = await requireCredential(
        async (kind) => {
          asked.push(kind)
          return store
        },
        await profile(),
      )
      expect(credential.apiKey.reveal()).to.equal('llx-1')
      expect(asked).to.deep.equal(['keychain'])
    })

    for (const [name, args] of Object.entries({
      work: '--name work',
      'llx-de****ce2f': "--name 'llx-de****ce2f'",
      'ada’s': "--name 'ada’s'",
      "ada's": "--name 'ada'\\''s'",
      '$(x) y': "--name '$(x) y'",
    })) {
      it(`and when it is gone, ${name} can be given its key again by one command`, async () => {
        const one = await profile({name})
        await store.delete(one.credential!)
        const error = await refusal(
          requireCredential(async () => store, one),
          'CREDENTIAL_MISSING',
        )
        expect(error.suggestions).to.deep.equal([{command: 'auth:token', args, to: 'to give it again'}])
      })
    }

    it('and when that of a browser login is gone, by logging in', async () => {
      const one = await profile({auth_type: 'oidc', credential: null})
      const error = await refusal(
        requireCredential(() => expect.fail('there is no store to ask'), one),
        'CREDENTIAL_MISSING',
      )
      expect(error.suggestions).to.deep.equal([{command: 'auth:login', to: 'to log in again'}])
    })

    it('from another entry where the login was renewed since it was read, and else is gone', async () => {
      const read = await profile()
      await store.delete(read.credential!)
      const renewed = await store.set('b', encodeCredential({apiKey: new Secret('llx-2')}))
      const listing = (profiles: Profile[]) => ({storeOf: async () => store, profiles: {list: async () => profiles}})
      const latest = listing([{...read, credential: renewed}])
      expect((await requireLatestCredential(latest, API_URL, read)).apiKey.reveal()).to.equal('llx-2')
      for (const known of [[read], []]) {
        await refusal(requireLatestCredential(listing(known), API_URL, read), 'CREDENTIAL_MISSING')
      }
    })

    it('and is not called gone by a store that is locked', async () => {
      const locked = instead(store, {get: () => fail('KEYCHAIN_LOCKED')})
      await refusal(
        requireCredential(async () => locked, await profile()),
        'KEYCHAIN_LOCKED',
      )
    })
  })
})

describe('an API key', () => {
  for (const text of ['llx-1', ' llx-1\r\n', '\uFEFFllx-1\n', '\tllx-1']) {
    it(`is read from ${JSON.stringify(text)}`, () => {
      expect(readApiKey(text, 'standard input').reveal()).to.equal('llx-1')
    })
  }

  for (const text of [
    '',
    ' \n',
    'canary llx',
    'canary\nllx',
    'canary\u0000',
    'cänary',
    'canary\u200B',
    'canary'.repeat(700),
  ]) {
    it(`is not ${JSON.stringify(text.slice(0, 20))}, and the refusal names where it is from and does not quote it`, async () => {
      const error = await refusal(
        later(() => readApiKey(text, '--api-key')),
        'USAGE',
      )
      expect(error.message).to.include('--api-key').and.not.include('nary')
    })
  }
})
