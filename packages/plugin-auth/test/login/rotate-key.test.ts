import {expect} from 'chai'
import type {ControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import type {CredentialReference, CredentialStore} from '../../src/credentials/credential-store.js'
import {AuthError} from '../../src/errors.js'
import {decodeCredential, encodeCredential} from '../../src/login/credential.js'
import {rotateKey} from '../../src/login/rotate-key.js'
import type {LeftoverStore} from '../../src/profiles/leftover-store.js'
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
  fakeOidc,
  fakeServer,
  haveLogin,
  instead,
  oidcLogin,
  openEnvironments,
  openLeftovers,
  openProfiles,
} from './support/fakes.js'

describe('rotating a key', () => {
  const temporary = useTemporaryFolder()
  let profiles: ProfileStore
  let leftovers: LeftoverStore
  let store: CredentialStore
  let profile: Profile & {credential: CredentialReference}
  /** The keys at the server: their secrets by their ids. */
  let keys: Map<string, string>
  let asked: string[]
  let warnings: string[]
  /** Whether keys may make and delete keys; else an access token has to. */
  let keysManageKeys: boolean

  beforeEach(async () => {
    profiles = openProfiles(temporary())
    leftovers = openLeftovers(temporary())
    store = createMemoryCredentialStore()
    keys = new Map([['key-1', 'llx-old']])
    asked = []
    warnings = []
    keysManageKeys = true
    const fields = {id: 'a', name: 'ada', oidc: oidcLogin()}
    profile = await haveLogin({profiles, store}, fields, {refreshToken: 'refresh-1'})
  })

  const serverFor =
    (changes: Partial<ControlPlaneClient> = {}) =>
    async (_: string, bearer: Secret | undefined) => {
      const who = bearer?.reveal() ?? ''
      const known = () => who.startsWith('access') || [...keys.values()].includes(who)
      const mayManage = () => known() && (keysManageKeys || who.startsWith('access'))
      return fakeServer({
        async createApiKey(name) {
          asked.push(`POST ${name} as ${who}`)
          if (!mayManage()) return fail('CREDENTIAL_REJECTED')
          keys.set('key-2', 'llx-new')
          return {id: 'key-2', key: 'llx-new'}
        },
        async deleteApiKey(id) {
          if (!mayManage()) return fail('CREDENTIAL_REJECTED')
          asked.push(`DELETE ${id} as ${who}`)
          return keys.delete(id)
        },
        async projects() {
          asked.push(`GET projects as ${who}`)
          return known() ? [] : fail('CREDENTIAL_REJECTED')
        },
        ...changes,
      })
    }
  const provider = (refreshToken: string) => async () =>
    fakeOidc({
      async refresh(token) {
        asked.push(`refresh ${token.reveal()}`)
        return {
          accessToken: new Secret('access-1'),
          refreshToken: new Secret(refreshToken),
          identity: {subject: 'sub-1'},
        }
      },
    })

  const rotate = (ports: Partial<Parameters<typeof rotateKey>[0]> = {}, of: Profile = profile) =>
    rotateKey(
      {
        environments: openEnvironments(temporary()),
        profiles,
        leftovers,
        storeOf: async () => store,
        controlPlane: serverFor(),
        connectOidc: () => expect.fail('no refresh token is spent'),
        checkpoint() {},
        warn: (text) => warnings.push(text),
        ...ports,
      },
      {environment: ENVIRONMENT, profile: of, keyLabel: 'llamactl on laptop'},
    )

  /** What the profile says, and what its entry holds. */
  async function held() {
    const [latest] = await profiles.list(API_URL)
    const secret = latest?.credential && (await store.get(latest.credential))
    const {apiKey, refreshToken} = decodeCredential(secret!)
    return {id: latest?.oidc?.api_key_id, apiKey: apiKey.reveal(), refreshToken: refreshToken?.reveal()}
  }
  const OLD = {id: 'key-1', apiKey: 'llx-old', refreshToken: 'refresh-1'}
  const NEW = {id: 'key-2', apiKey: 'llx-new', refreshToken: 'refresh-1'}

  async function expectAsItWas(): Promise<void> {
    expect(await held()).to.deep.equal(OLD)
    expect([[...keys.keys()], await leftovers.list(API_URL)]).to.deep.equal([['key-1'], []])
  }

  it('makes a key by the old one, tries it, stores it, and then deletes the old one', async () => {
    const {profile: rotated, oldKey} = await rotate()
    expect(asked).to.deep.equal([
      'POST ada@example.com llamactl on laptop as llx-old',
      'GET projects as llx-new',
      'DELETE key-1 as llx-old',
    ])
    expect(oldKey).to.deep.equal({id: 'key-1', isDeleted: true})
    expect(rotated).to.deep.include({id: 'a', name: 'ada', project_id: 'prj-1', oidc: oidcLogin({api_key_id: 'key-2'})})
    expect(await held()).to.deep.equal(NEW)
    expect(await store.get(profile.credential)).to.equal(undefined)
    expect([await leftovers.list(API_URL), warnings]).to.deep.equal([[], []])
  })

  it('leaves another profile current', async () => {
    await profiles.setCurrent(API_URL, 'a')
    await haveLogin({profiles, store}, {id: 'b'})
    await profiles.setCurrent(API_URL, 'b')
    await rotate()
    expect((await profiles.current(API_URL))?.id).to.equal('b')
  })

  for (const refreshToken of ['refresh-1', 'refresh-2']) {
    it(`gets an access token where a key may not, and keeps ${refreshToken}`, async () => {
      keysManageKeys = false
      const {oldKey} = await rotate({connectOidc: provider(refreshToken)})
      expect(oldKey.isDeleted).to.equal(true)
      expect(asked.slice(1)).to.deep.equal([
        'refresh refresh-1',
        'POST ada@example.com llamactl on laptop as access-1',
        'GET projects as llx-new',
        'DELETE key-1 as access-1',
      ])
      expect(await held()).to.deep.equal({...NEW, refreshToken})
      expect(await leftovers.list(API_URL)).to.deep.equal([])
    })
  }

  const keptIn = async (token: string): Promise<void> => {
    const access = {token: new Secret(token), expiresAt: new Date(Date.now() + 300_000)}
    const secret = {apiKey: new Secret('llx-old'), refreshToken: new Secret('refresh-1'), access}
    await store.set('a', encodeCredential(secret))
  }

  it('spends no refresh token while an access token is kept, and keeps that with the new key', async () => {
    keysManageKeys = false
    await keptIn('access-0')
    await rotate()
    expect(asked[1]).to.equal('POST ada@example.com llamactl on laptop as access-0')
    expect(await held()).to.deep.equal(NEW)
    const [latest] = await profiles.list(API_URL)
    expect(decodeCredential((await store.get(latest!.credential!))!).access?.token.reveal()).to.equal('access-0')
  })

  it('gets another access token where the one that is kept is refused, once (login case 98)', async () => {
    keysManageKeys = false
    await keptIn('of-an-old-key')
    await rotate({connectOidc: provider('refresh-2')})
    expect(asked.filter((call) => /^POST|^refresh/.test(call))).to.deep.equal([
      'POST ada@example.com llamactl on laptop as llx-old',
      'POST ada@example.com llamactl on laptop as of-an-old-key',
      'refresh refresh-1',
      'POST ada@example.com llamactl on laptop as access-1',
    ])
    expect(await held()).to.deep.equal({...NEW, refreshToken: 'refresh-2'})

    await refusal(
      rotate({
        connectOidc: provider('refresh-3'),
        controlPlane: serverFor({createApiKey: () => fail('CREDENTIAL_REJECTED')}),
      }),
      'CREDENTIAL_REJECTED',
    )
    expect(asked.filter((call) => call.startsWith('refresh'))).to.have.length(2)
  })

  it('rotates what the profile says once it is its turn', async () => {
    await haveLogin(
      {profiles, store},
      {id: 'a', name: 'ada', oidc: oidcLogin({api_key_id: 'key-0'})},
      {apiKey: 'llx-0'},
    )
    keys.set('key-0', 'llx-0')
    expect((await rotate()).oldKey).to.deep.equal({id: 'key-0', isDeleted: true})
    expect(asked[0]).to.include('as llx-0')
  })

  it('has stored the new refresh token, when the key cannot be made then', async () => {
    keysManageKeys = false
    const failing = serverFor({createApiKey: () => fail('CREDENTIAL_REJECTED', 'No more keys.')})
    const error = await refusal(
      rotate({connectOidc: provider('refresh-2'), controlPlane: failing}),
      'CREDENTIAL_REJECTED',
    )
    expect(error.message).to.equal('No more keys.')
    expect(await held()).to.deep.equal({...OLD, refreshToken: 'refresh-2'})
    expect([[...keys.keys()], await leftovers.list(API_URL)]).to.deep.equal([['key-1'], []])
  })

  it('says what the server said where there is no refresh token', async () => {
    keysManageKeys = false
    const other = await haveLogin({profiles, store}, {id: 'a', oidc: oidcLogin()})
    await refusal(rotate({}, other), 'CREDENTIAL_REJECTED')
    expect([...keys.keys()]).to.deep.equal(['key-1'])
  })

  const failures: Record<string, () => Partial<Parameters<typeof rotateKey>[0]>> = {
    'the key is not made': () => ({controlPlane: serverFor({createApiKey: () => fail('SERVER_ERROR')})}),
    'the new key does not work': () => ({controlPlane: serverFor({projects: () => fail('CREDENTIAL_REJECTED')})}),
    'the secret cannot be written': () => ({
      storeOf: async () => instead(store, {set: () => fail('KEYCHAIN_LOCKED')}),
    }),
    'the profile cannot be saved': () => ({profiles: instead(profiles, {save: () => fail('STORAGE_ERROR')})}),
    'a person cancels': () => {
      let count = 0
      return {
        checkpoint() {
          if (++count === 2) throw new AuthError('CANCELLED', 'Cancelled.')
        },
      }
    },
  }
  for (const [what, ports] of Object.entries(failures)) {
    it(`leaves everything as it was when ${what}`, async () => {
      await refusal(rotate(ports()))
      await expectAsItWas()
    })
  }

  it('does not bring back a profile that was logged out meanwhile, and deletes the new key', async () => {
    const controlPlane = serverFor({
      async projects() {
        await profiles.remove(API_URL, 'a')
        return []
      },
    })
    await refusal(rotate({controlPlane}), 'PROFILE_NOT_FOUND')
    expect([await profiles.list(API_URL), [...keys.keys()]]).to.deep.equal([[], ['key-1']])
    expect(await leftovers.list(API_URL)).to.deep.equal([])
  })

  it('remembers the old key that could not be deleted, and works with the new one', async () => {
    const {oldKey} = await rotate({controlPlane: serverFor({deleteApiKey: () => fail('NETWORK_ERROR')})})
    expect(oldKey).to.deep.equal({id: 'key-1', isDeleted: false})
    expect(warnings.join()).to.include('key-1')
    expect(await held()).to.deep.equal(NEW)
    expect(await leftovers.list(API_URL)).to.have.nested.property('[0].shares_token', true)
  })

  it('rotates no key that a person gave, and says what to do instead', async () => {
    const given = await haveLogin({profiles, store}, {id: 'c'})
    const error = await refusal(rotate({}, given), 'USAGE')
    expect(JSON.stringify(error.suggestions)).to.include('auth:token')
    expect(asked).to.deep.equal([])
  })
})
