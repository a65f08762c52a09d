import {expect} from 'chai'
import type {ControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import type {CredentialStore} from '../../src/credentials/credential-store.js'
import {AuthError} from '../../src/errors.js'
import {decodeCredential} from '../../src/login/credential.js'
import {mintLogin, type MintLogin, type MintLoginPorts} from '../../src/login/mint-login.js'
import type {OidcClient} from '../../src/oidc/index.js'
import type {ProfileStore} from '../../src/profiles/profile-store.js'
import {Secret} from '../../src/secret.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {
  API_URL,
  DISCOVERY_URL,
  ENVIRONMENT,
  fail,
  fakeOidc,
  fakeServer,
  haveLogin,
  instead,
  oidcLogin,
  openEnvironments,
  openLeftovers,
  openProfiles,
} from './support/fakes.js'

describe('minting a login', () => {
  const temporary = useTemporaryFolder()
  let profiles: ProfileStore
  let store: CredentialStore
  /** The keys that are at the server, by id; the names they were made with; the tokens revoked at the provider. */
  let keys: Set<string>
  let keyNames: string[]
  let revokedTokens: string[]
  /** What was said that could not be ended. */
  let warnings: string[]

  beforeEach(() => {
    profiles = openProfiles(temporary())
    store = createMemoryCredentialStore()
    keys = new Set(['key-1'])
    keyNames = []
    revokedTokens = []
    warnings = []
  })

  const server = (changes: Partial<ControlPlaneClient> = {}) =>
    fakeServer({
      async createApiKey(name) {
        keyNames.push(name)
        keys.add('key-2')
        return {id: 'key-2', key: 'llx-minted'}
      },
      async deleteApiKey(id) {
        return keys.delete(id)
      },
      ...changes,
    })
  const oidc = (changes: Partial<OidcClient> = {}) =>
    fakeOidc({
      async revoke(token) {
        revokedTokens.push(token.reveal())
        return true
      },
      ...changes,
    })

  const mint = (login: Partial<MintLogin> = {}, ports: Partial<MintLoginPorts> = {}) =>
    mintLogin(
      {
        environments: openEnvironments(temporary()),
        profiles,
        leftovers: openLeftovers(temporary()),
        storeOf: async () => store,
        controlPlane: () => expect.fail('the server is asked already'),
        connectOidc: () => expect.fail('the provider is asked already'),
        warn: (text) => warnings.push(text),
        server: server(),
        oidc: oidc(),
        checkpoint() {},
        ...ports,
      },
      {
        environment: ENVIRONMENT,
        store,
        person: {subject: 'sub-1', email: 'ada@example.com'},
        provider: {discoveryUrl: DISCOVERY_URL, clientId: 'cli'},
        refreshToken: new Secret('refresh-2'),
        projectId: 'prj-1',
        keyLabel: 'llamactl on laptop',
        ...login,
      },
    )
  const haveEarlier = (fields: Parameters<typeof haveLogin>[1] = {id: 'a', oidc: oidcLogin()}) =>
    haveLogin({profiles, store}, fields, {apiKey: 'llx-old', refreshToken: 'refresh-1'})
  const cancelAt = (n: number) => {
    let count = 0
    return () => {
      if (++count === n) throw new AuthError('CANCELLED', 'Cancelled.')
    }
  }

  it('makes a profile of a new person, named after the e-mail address', async () => {
    const profile = await mint()
    expect(profile).to.deep.include({
      name: 'ada@example.com',
      project_id: 'prj-1',
      auth_type: 'oidc',
      oidc: oidcLogin({api_key_id: 'key-2'}),
    })
    expect(await profiles.current(API_URL)).to.deep.include(profile)
    const {apiKey, refreshToken} = decodeCredential((await store.get(profile.credential!))!)
    expect([apiKey.reveal(), refreshToken?.reveal()]).to.deep.equal(['llx-minted', 'refresh-2'])
    expect(keyNames).to.deep.equal(['ada@example.com llamactl on laptop'])
    expect(warnings).to.deep.equal([])
    expect([[...keys], revokedTokens]).to.deep.equal([['key-1', 'key-2'], []])
  })

  it('keeps no refresh token where the provider gave none (login case 77)', async () => {
    const profile = await mint({refreshToken: undefined})
    expect((await store.get(profile.credential!))!.reveal()).to.equal('{"api_key":"llx-minted"}')
  })

  it('names a person without an e-mail address by the subject', async () => {
    expect(await mint({person: {subject: 'sub-1', email: null}})).to.deep.include({
      name: 'sub-1',
      oidc: oidcLogin({api_key_id: 'key-2', email: null}),
    })
  })

  it('gives the profile a name that nobody else has', async () => {
    await haveEarlier({id: 'a', name: 'ada@example.com'})
    await haveEarlier({id: 'b', name: 'ada@example.com-2', oidc: oidcLogin({subject: 'sub-2'})})
    expect((await mint()).name).to.equal('ada@example.com-3')
    expect(keyNames).to.deep.equal(['ada@example.com llamactl on laptop'])
    expect(await profiles.list(API_URL)).to.have.length(3)
  })

  describe('again, for the same person', () => {
    it('renews the profile, deletes the earlier key and revokes the earlier refresh token', async () => {
      const earlier = await haveEarlier({id: 'a', name: 'ada@old.example', oidc: oidcLogin({email: 'ada@old.example'})})
      const profile = await mint()
      expect(profile).to.deep.include({id: 'a', name: 'ada@example.com', oidc: oidcLogin({api_key_id: 'key-2'})})
      expect(await profiles.list(API_URL)).to.have.length(1)
      expect([[...keys], revokedTokens]).to.deep.equal([['key-2'], ['refresh-1']])
      expect(await store.get(earlier.credential)).to.equal(undefined)
      expect(warnings).to.deep.equal([])
      expect(await openLeftovers(temporary()).list(API_URL)).to.deep.equal([])
    })

    it('keeps what a newer version wrote of this login', async () => {
      const newer = {colour: 'red', oidc: {...oidcLogin(), amr: ['otp']}}
      await haveEarlier({id: 'a', ...newer})
      const profile = await mint()
      expect(profile).to.deep.include({colour: 'red', oidc: {...newer.oidc, api_key_id: 'key-2'}})
    })

    it('takes the same subject of another provider for another person', async () => {
      const elsewhere = oidcLogin({discovery_url: 'https://other.example/.well-known/openid-configuration'})
      const earlier = await haveEarlier({id: 'a', name: 'bob@example.com', oidc: elsewhere})
      const profile = await mint()
      expect(profile.id).not.to.equal('a')
      expect(await store.get(earlier.credential)).not.to.equal(undefined)
      expect([[...keys], revokedTokens]).to.deep.equal([['key-1', 'key-2'], []])
    })

    for (const [what, code] of Object.entries({
      'the server is away': 'NETWORK_ERROR',
      'it is not allowed to': 'CREDENTIAL_REJECTED',
    } as const)) {
      it(`names the earlier key where it could not be deleted because ${what}`, async () => {
        await haveEarlier()
        const refusing = server({deleteApiKey: () => fail(code)})
        const profile = await mint(
          {},
          {
            server: refusing,
            controlPlane: async () => refusing,
            oidc: oidc({refresh: () => fail('CREDENTIAL_REJECTED')}),
          },
        )
        expect(warnings.join()).to.include('key-1')
        expect(await profiles.current(API_URL)).to.deep.include(profile)
        expect(revokedTokens).to.deep.equal(['refresh-1'])
      })
    }

    it('has nothing to say where the earlier key is gone already', async () => {
      await haveEarlier()
      keys.delete('key-1')
      await mint()
      expect(warnings).to.deep.equal([])
    })

    it('is not undone by what goes wrong while the earlier login is ended', async () => {
      await haveEarlier()
      const bug = () => Promise.reject(new TypeError('a bug'))
      const deleteApiKey = (id: string) => (id === 'key-1' ? bug() : Promise.resolve(keys.delete(id)))
      const profile = await mint({}, {server: server({deleteApiKey}), oidc: oidc({revoke: bug})})
      expect(warnings.join()).to.include('key-1')
      expect([...keys]).to.include('key-2')
      expect(await profiles.current(API_URL)).to.deep.include(profile)
    })

    it('needs no earlier secret: it may be locked or gone', async () => {
      const earlier = await haveEarlier()
      const locked = instead(store, {get: () => fail('KEYCHAIN_LOCKED'), delete: () => fail('KEYCHAIN_LOCKED')})
      const profile = await mint({}, {storeOf: async () => locked})
      expect(profile.id).to.equal('a')
      expect(warnings.join()).to.include(earlier.credential.account)
      expect([[...keys], revokedTokens]).to.deep.equal([['key-2'], []])
    })
  })

  describe('when it fails', () => {
    const failures: Record<string, () => [Partial<MintLogin>, Partial<MintLoginPorts>]> = {
      'because somebody cancels once the key is there': () => [{}, {checkpoint: cancelAt(1)}],
      'because somebody cancels once the secret is saved': () => [{}, {checkpoint: cancelAt(2)}],
      'because somebody cancels once the metadata is saved': () => [{}, {checkpoint: cancelAt(3)}],
      'because the secret cannot be kept': () => [{store: instead(store, {set: () => fail('KEYCHAIN_TIMEOUT')})}, {}],
      'because the profile cannot be made current': () => [
        {},
        {profiles: instead(profiles, {setCurrent: () => fail('STORAGE_ERROR')})},
      ],
    }

    for (const [why, failing] of Object.entries(failures)) {
      it(`${why}, deletes the new key and leaves the earlier login whole (login case 82)`, async () => {
        const earlier = await haveEarlier()
        await refusal(mint(...failing()))
        expect([[...keys], warnings]).to.deep.equal([['key-1'], []])
        expect(await openLeftovers(temporary()).list(API_URL)).to.deep.equal([])
        const [profile, ...others] = await profiles.list(API_URL)
        expect(profile).to.deep.include(earlier)
        expect(others).to.deep.equal([])
        expect(decodeCredential((await store.get(earlier.credential))!).apiKey.reveal()).to.equal('llx-old')
      })
    }

    it('because another process keeps its turn at the profiles, deletes the new key (login case 85)', async () => {
      await haveEarlier()
      const busy = instead(profiles, {exclusively: () => fail('STORAGE_ERROR', 'x.lock is held by another process.')})
      expect((await refusal(mint({}, {profiles: busy}), 'STORAGE_ERROR')).message).to.include('x.lock')
      expect([[...keys], warnings]).to.deep.equal([['key-1'], []])
      expect(await profiles.list(API_URL)).to.have.length(1)
    })

    it('names the new key where that cannot be deleted, and says what failed first (login case 83)', async () => {
      const refusing = server({deleteApiKey: () => fail('NETWORK_ERROR')})
      const full = instead(store, {set: () => fail('KEYCHAIN_TIMEOUT')})
      await refusal(mint({}, {server: refusing, checkpoint: cancelAt(1)}), 'CANCELLED')
      expect(warnings.splice(0).join()).to.include('key-2')
      await refusal(mint({store: full}, {server: refusing}), 'KEYCHAIN_TIMEOUT')
      expect(warnings.join()).to.include('key-2')
    })

    it('because the answer with the key was lost, names the key that may be there (login case 81)', async () => {
      const earlier = await haveEarlier()
      let asked = 0
      const lost = server({
        createApiKey() {
          asked++
          return fail('NETWORK_ERROR')
        },
      })
      await refusal(mint({}, {server: lost}), 'NETWORK_ERROR')
      expect(asked).to.equal(1)
      expect(warnings.join()).to.include('"ada@example.com llamactl on laptop"')
      expect(await profiles.list(API_URL)).to.have.length(1)
      expect(decodeCredential((await store.get(earlier.credential))!).apiKey.reveal()).to.equal('llx-old')
    })

    it('because no key was made, has nothing to undo', async () => {
      await haveEarlier()
      await refusal(mint({}, {server: fakeServer({createApiKey: () => fail('CREDENTIAL_REJECTED')})}))
      expect([[...keys], warnings]).to.deep.equal([['key-1'], []])
      expect(await openLeftovers(temporary()).list(API_URL)).to.deep.equal([])
    })
  })
})
