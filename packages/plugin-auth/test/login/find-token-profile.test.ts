import {expect} from 'chai'
import type {CredentialStore} from '../../src/credentials/credential-store.js'
import {findTokenProfile} from '../../src/login/find-token-profile.js'
import type {Profile} from '../../src/profiles/profile.js'
import {redactedKey} from '../../src/profiles/profile-name.js'
import type {ProfileStore} from '../../src/profiles/profile-store.js'
import {Secret} from '../../src/secret.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {fail, haveLogin, instead, oidcLogin, openProfiles} from './support/fakes.js'

const KEY = 'llx-demo-one-ce2f'
/** Looks the same when it is redacted. */
const TWIN = 'llx-demo-two-ce2f'

describe('the profile that an API key belongs to', () => {
  const temporary = useTemporaryFolder()
  let profiles: ProfileStore
  let store: CredentialStore
  beforeEach(() => {
    profiles = openProfiles(temporary())
    store = createMemoryCredentialStore()
  })

  const have = (id: string, key: string, fields: Partial<Profile> = {}) =>
    haveLogin({profiles, store}, {id, key_hint: redactedKey(key), ...fields}, {apiKey: key})
  const find = (known: Profile[], key: string, name?: string, storeOf = async () => store) =>
    findTokenProfile(storeOf, known, {key: new Secret(key), name})

  it('is the one of the name given, whatever key it has', async () => {
    const [a, b] = [await have('a', KEY, {name: 'work'}), await have('b', 'llx-another-key')]
    expect(await find([b, a], 'llx-brand-new-key', 'work')).to.equal(a)
    expect(await find([a, b], 'llx-another-key', 'work')).to.equal(a)
  })

  it('is the one that holds the same key, and not one whose key looks the same', async () => {
    const [twin, a] = [await have('twin', TWIN), await have('a', KEY)]
    expect(await find([twin, a], KEY)).to.equal(a)
    expect(await find([twin], KEY)).to.equal(undefined)
    expect(await find([twin, a], KEY, 'a name that nobody has')).to.equal(a)
  })

  it('is nobody’s where the key is new', async () => {
    expect(await find([], KEY)).to.equal(undefined)
    expect(await find([await have('a', 'llx-another-key')], KEY)).to.equal(undefined)
  })

  it('is never a browser login, though it minted that key', async () => {
    expect(await find([await have('a', KEY, {oidc: oidcLogin()})], KEY)).to.equal(undefined)
  })

  for (const [kind, fields] of Object.entries({
    'a browser login': {auth_type: 'oidc'},
    'one without a login': {auth_type: 'none'},
  } as const)) {
    it(`is refused where the name is that of ${kind}`, async () => {
      const one = {...(await have('a', KEY, {name: 'work'})), ...fields}
      expect((await refusal(find([one], KEY, 'work'), 'PROFILE_EXISTS')).message).to.include(kind)
    })
  }

  it('opens no entry but those of keys that look the same', async () => {
    const known = [await have('a', 'llx-another-key'), await have('b', 'llx-a-third-key')]
    expect(await find(known, KEY, undefined, () => expect.fail('no entry is opened'))).to.equal(undefined)
  })

  it('repairs the one whose entry is gone by a key that looks the same', async () => {
    const a = await have('a', TWIN)
    await store.delete(a.credential)
    expect(await find([a], KEY)).to.equal(a)
  })

  it('prefers the one that holds the key to one that would be repaired', async () => {
    const [gone, a] = [await have('gone', TWIN), await have('a', KEY)]
    await store.delete(gone.credential)
    expect(await find([gone, a], KEY)).to.equal(a)
  })

  it('cannot be told while the store is locked', async () => {
    const a = await have('a', KEY)
    const locked = instead(store, {get: () => fail('KEYCHAIN_LOCKED')})
    await refusal(
      find([a], KEY, undefined, async () => locked),
      'KEYCHAIN_LOCKED',
    )
  })
})
