import {readdirSync} from 'node:fs'
import {expect} from 'chai'
import type {CredentialReference, CredentialStore} from '../../src/credentials/credential-store.js'
import {AuthError} from '../../src/errors.js'
import {decodeCredential} from '../../src/login/credential.js'
import {saveLogin, type SaveLogin, type SaveLoginPorts} from '../../src/login/save-login.js'
import type {Profile} from '../../src/profiles/profile.js'
import type {ProfileStore} from '../../src/profiles/profile-store.js'
import {Secret} from '../../src/secret.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {
  API_URL,
  ENVIRONMENT,
  fail,
  haveLogin,
  instead,
  logged,
  oidcLogin,
  openEnvironments,
  openLeftovers,
  openProfiles,
} from './support/fakes.js'

describe('saving a login', () => {
  const temporary = useTemporaryFolder()
  let profiles: ProfileStore
  let memory: CredentialStore
  let store: CredentialStore
  /** The entries that are in the store. */
  let entries: CredentialReference[]
  let warnings: string[]

  beforeEach(() => {
    warnings = []
    profiles = openProfiles(temporary())
    memory = createMemoryCredentialStore()
    entries = []
    store = instead(memory, {
      async set(account, secret) {
        const reference = await memory.set(account, secret)
        entries.push(reference)
        return reference
      },
      async delete(reference) {
        entries = entries.filter(({account}) => account !== reference.account)
        return memory.delete(reference)
      },
    })
  })

  const metadata = (fields: Partial<Profile> = {}): Omit<Profile, 'id' | 'credential'> => ({
    name: 'new name',
    project_id: 'prj-2',
    auth_type: 'token',
    ...fields,
  })
  const secretIn = (store: CredentialStore) => ({credential: {apiKey: new Secret('llx-new')}, store})

  interface Wanted {
    existing?: Profile | undefined
    profile?: Omit<Profile, 'id' | 'credential'>
    secret?: SaveLogin['secret']
  }

  const save = (wanted: Wanted = {}, ports: Partial<SaveLoginPorts> = {}) =>
    saveLogin(
      {
        environments: openEnvironments(temporary()),
        profiles,
        leftovers: openLeftovers(temporary()),
        storeOf: async () => store,
        controlPlane: () => expect.fail('no server to ask'),
        connectOidc: () => expect.fail('no provider to ask'),
        checkpoint() {},
        warn: (text) => warnings.push(text),
        ...ports,
      },
      {
        environment: ENVIRONMENT,
        secret: 'secret' in wanted ? wanted.secret : secretIn(store),
        find: () => wanted.existing,
        describe: () => wanted.profile ?? metadata(),
      },
    )

  const effects = (log: string[]) => log.filter((call) => !/^profiles\.(?:list|exclusively)$/.test(call))

  const keyOf = async ({credential}: Profile) => {
    const secret = credential && (await store.get(credential))
    return secret && decodeCredential(secret).apiKey.reveal()
  }

  describe('of somebody new', () => {
    it('keeps the secret under the profile’s id, and makes the profile current', async () => {
      const profile = await save()
      expect(profile).to.deep.equal({
        ...metadata(),
        id: profile.id,
        credential: {store: 'keychain', engine: 'memory', service: 'test', account: profile.id},
      })
      expect(await profiles.current(API_URL)).to.deep.include(profile)
      expect(await keyOf(profile)).to.equal('llx-new')
      expect(warnings).to.deep.equal([])
      expect(await openLeftovers(temporary()).list(API_URL)).to.deep.equal([])
    })

    it('writes the secret, then the metadata, then what is current', async () => {
      const log: string[] = []
      const spied = logged('store', store, log)
      await save(
        {secret: secretIn(spied)},
        {profiles: logged('profiles', profiles, log), checkpoint: () => log.push('checkpoint')},
      )
      expect(effects(log)).to.deep.equal([
        'store.referenceTo',
        'checkpoint',
        'store.set',
        'checkpoint',
        'checkpoint',
        'profiles.save',
        'profiles.setCurrent',
      ])
    })

    it('has no secret where none is needed', async () => {
      const profile = await save({profile: metadata({auth_type: 'none'}), secret: undefined})
      expect(profile.credential).to.equal(null)
      expect(entries).to.deep.equal([])
    })
  })

  describe('that renews another', () => {
    let old: Profile & {credential: CredentialReference}
    beforeEach(async () => {
      old = await haveLogin({profiles, store}, {id: 'a', name: 'old name'})
      await haveLogin({profiles, store}, {id: 'b', name: 'other'})
      await profiles.setCurrent(API_URL, 'b')
    })

    it('keeps the new secret in an entry of its own, and deletes the old one last', async () => {
      const log: string[] = []
      const spied = logged('store', store, log)
      const profile = await save(
        {existing: old, secret: secretIn(spied)},
        {storeOf: async () => spied, profiles: logged('profiles', profiles, log)},
      )
      expect(profile).to.include({id: 'a'})
      expect(profile.credential?.account).not.to.equal('a')
      expect(await keyOf(profile)).to.equal('llx-new')
      expect(await keyOf(old)).to.equal(undefined)
      expect(await profiles.current(API_URL)).to.deep.include({id: 'a', name: 'new name'})
      expect(effects(log)).to.deep.equal([
        'store.referenceTo',
        'store.set',
        'profiles.save',
        'profiles.setCurrent',
        'store.delete',
      ])
      expect(warnings).to.deep.equal([])
      expect(await openLeftovers(temporary()).list(API_URL)).to.deep.equal([])
    })

    it('says which old entry could not be deleted, and is saved all the same', async () => {
      for (const storeOf of [
        async () => instead(store, {delete: () => fail('KEYCHAIN_LOCKED')}),
        () => fail('KEYCHAIN_UNAVAILABLE'),
      ]) {
        const existing = (await profiles.list(API_URL)).find(({id}) => id === 'a')!
        const profile = await save({existing}, {storeOf})
        expect(warnings.pop()).to.include(existing.credential?.account)
        expect((await openLeftovers(temporary()).list(API_URL)).map(({login}) => login.credential)).to.deep.include(
          existing.credential,
        )
        expect(await profiles.current(API_URL)).to.deep.include({credential: profile.credential})
      }
    })

    it('deletes the old entry in the store that it was written to', async () => {
      const file = createMemoryCredentialStore({service: 'file'})
      const profile = await save({existing: old, secret: secretIn(file)})
      expect(profile.credential?.service).to.equal('file')
      expect(await keyOf(old)).to.equal(undefined)
    })
  })

  /** Each way in which saving can end early. */
  const steps: Record<string, (cancelAt: (n: number) => () => void) => Parameters<typeof save>[1] & {store?: object}> =
    {
      'the secret is not written': () => ({store: {set: () => fail('KEYCHAIN_TIMEOUT')}}),
      'somebody cancels before the secret': (cancelAt) => ({checkpoint: cancelAt(1)}),
      'somebody cancels after the secret': (cancelAt) => ({checkpoint: cancelAt(2)}),
      'the metadata is not written': () => ({profiles: instead(profiles, {save: saveFailing()})}),
      'somebody cancels while it is found out whom it renews': (cancelAt) => ({checkpoint: cancelAt(3)}),
      'what is current is not written': () => ({
        profiles: instead(profiles, {setCurrent: () => fail('STORAGE_ERROR')}),
      }),
    }

  /** Fails the first time: what undoes it comes later. */
  function saveFailing(): ProfileStore['save'] {
    let isFirst = true
    return async (apiUrl, profile) => {
      if (!isFirst) return profiles.save(apiUrl, profile)
      isFirst = false
      return fail('STORAGE_ERROR')
    }
  }

  const cancelAt = (n: number) => {
    let count = 0
    return () => {
      if (++count === n) throw new AuthError('CANCELLED', 'Cancelled.')
    }
  }

  for (const [what, failing] of Object.entries(steps)) {
    describe(`when ${what}`, () => {
      const attempt = (existing?: Profile) => {
        const {store: changes, ...ports} = failing(cancelAt)
        return refusal(save({existing, secret: secretIn({...store, ...changes})}, ports))
      }

      it('leaves nothing of somebody new', async () => {
        await attempt()
        expect(await profiles.list(API_URL)).to.deep.equal([])
        expect(await profiles.current(API_URL)).to.equal(undefined)
        expect(entries).to.deep.equal([])
        expect(readdirSync(temporary())).to.not.include('current-profile.json')
      })

      it('leaves the login that it would have renewed whole, and another one current', async () => {
        const old = await haveLogin({profiles, store}, {id: 'a', name: 'old name'})
        await haveLogin({profiles, store}, {id: 'b', name: 'other'})
        await profiles.setCurrent(API_URL, 'b')
        await attempt(old)
        expect((await profiles.list(API_URL)).find(({id}) => id === 'a')).to.deep.include(old)
        expect(await keyOf(old)).to.equal('llx-old')
        expect(await profiles.current(API_URL)).to.include({id: 'b'})
        expect(entries.map(({account}) => account)).to.deep.equal(['a', 'b'])
      })
    })
  }

  it('does not touch the key of another program at the server, where that is taken over and saving fails', async () => {
    const profile = metadata({auth_type: 'oidc', oidc: oidcLogin()})
    await refusal(save({profile}, {checkpoint: cancelAt(2)}), 'CANCELLED')
    expect([warnings, entries]).to.deep.equal([[], []])
    expect(await openLeftovers(temporary()).list(API_URL)).to.deep.equal([])
  })

  it('says what failed first, also when undoing it fails too', async () => {
    const stubborn = instead(store, {delete: () => fail('KEYCHAIN_LOCKED')})
    await refusal(save({secret: secretIn(stubborn)}, {checkpoint: cancelAt(3)}), 'CANCELLED')
    expect(await profiles.list(API_URL)).to.deep.equal([])
  })
})
