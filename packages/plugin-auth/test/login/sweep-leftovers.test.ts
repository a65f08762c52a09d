import {writeFileSync} from 'node:fs'
import {machine} from '../../src/storage/maker.js'
import {join} from 'node:path'
import {expect} from 'chai'
import type {CredentialReference, CredentialStore} from '../../src/credentials/credential-store.js'
import {folderName} from '../../src/environments/api-url.js'
import type {ClearLeftoverPorts} from '../../src/login/clear-leftover.js'
import type {ControlPlaneClient} from '../../src/control-plane/control-plane-client.js'
import {retryLeftovers} from '../../src/login/retry-leftovers.js'
import {sweepLeftovers} from '../../src/login/sweep-leftovers.js'
import type {LeftoverStore} from '../../src/profiles/leftover-store.js'
import type {Profile} from '../../src/profiles/profile.js'
import type {ProfileStore} from '../../src/profiles/profile-store.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {
  API_URL,
  DISCOVERY_URL,
  fail,
  fakeOidc,
  fakeServer,
  haveLogin,
  instead,
  oidcLogin,
  openLeftovers,
  openProfiles,
} from './support/fakes.js'

describe('sweeping what killed processes left', () => {
  const temporary = useTemporaryFolder()
  let profiles: ProfileStore
  let leftovers: LeftoverStore
  let store: CredentialStore
  let asked: string[]
  let warnings: string[]
  let said: string[]

  beforeEach(() => {
    profiles = openProfiles(temporary())
    leftovers = openLeftovers(temporary())
    store = createMemoryCredentialStore()
    asked = []
    warnings = []
    said = []
  })

  const DEAD = 0x7f_ff_ff_ff
  const serverOf = (who: string) =>
    fakeServer({
      async deleteApiKey(id) {
        asked.push(`DELETE ${id} as ${who}`)
        return true
      },
    })

  const sweep = (ports: Partial<ClearLeftoverPorts> = {}) =>
    sweepLeftovers(
      {
        profiles,
        leftovers,
        storeOf: async () => store,
        controlPlane: async (_, bearer) => serverOf(bearer.reveal()),
        connectOidc: async () =>
          fakeOidc({
            async revoke(token) {
              asked.push(`revoke ${token.reveal()}`)
              return true
            },
          }),
        warn: (text) => warnings.push(text),
        say: (text) => said.push(text),
        ...ports,
      },
      API_URL,
    )

  /** A login with its secret, and without a profile. */
  async function haveLeftover(
    fields: Partial<Profile> = {},
    {maker = {}, ...note}: {key_name?: string; maker?: object} = {},
  ): Promise<{credential: CredentialReference}> {
    const login = await haveLogin({profiles, store}, {id: 'a', ...fields}, {refreshToken: 'refresh-1'})
    await profiles.remove(API_URL, 'a')
    await leftovers.note(API_URL, {login, ...note})
    const path = join(temporary(), 'environments', folderName(API_URL), 'leftovers', 'a.json')
    const made = {pid: DEAD, host: machine(), since: Date.now(), ...maker}
    writeFileSync(path, JSON.stringify({version: 1, login, ...note, maker: made}), {mode: 0o600})
    return login
  }

  const isNoted = async () => (await leftovers.list(API_URL)).length > 0

  it('deletes the secret of a login that was cut off', async () => {
    const {credential} = await haveLeftover()
    expect(await sweep()).to.deep.equal([])
    expect(await store.get(credential)).to.equal(undefined)
    expect([asked, await isNoted()]).to.deep.equal([[], false])
  })

  it('deletes the key that it made, by that key itself, and revokes the refresh token', async () => {
    await haveLeftover({oidc: oidcLogin()})
    expect(await sweep()).to.deep.equal([])
    expect(asked).to.deep.equal(['DELETE key-1 as llx-old', 'revoke refresh-1'])
    expect(await isNoted()).to.equal(false)
  })

  it('deletes the key by whom it belongs to, where its secret was not written yet', async () => {
    const {credential} = await haveLeftover({oidc: oidcLogin()})
    await store.delete(credential)
    const person = {server: serverOf('ada'), subject: 'sub-1', discoveryUrl: DISCOVERY_URL}
    expect(await sweep({person})).to.deep.equal([])
    expect([asked, await isNoted()]).to.deep.equal([['DELETE key-1 as ada'], false])
  })

  for (const [who, person] of Object.entries({
    nobody: undefined,
    'somebody else': {subject: 'sub-2', discoveryUrl: DISCOVERY_URL},
    'the same subject of another provider': {subject: 'sub-1', discoveryUrl: 'https://other.example'},
  })) {
    it(`keeps the id of a key without a secret where ${who} logs in, and says so`, async () => {
      const {credential} = await haveLeftover({oidc: oidcLogin()})
      await store.delete(credential)
      const left = await sweep(person && {person: {...person, server: serverOf('them')}})
      expect(left.join()).to.include('key-1')
      expect([asked, await isNoted()]).to.deep.equal([[], true])
    })
  }

  it('keeps what a locked store or a silent server did not let go of, for the next time', async () => {
    const {credential} = await haveLeftover({oidc: oidcLogin()})
    const locked = instead(store, {delete: () => fail('KEYCHAIN_LOCKED')})
    expect((await sweep({storeOf: async () => locked})).join()).to.include(credential.account)
    expect((await sweep({controlPlane: () => fail('NETWORK_ERROR')})).join()).to.include('key-1')
    expect(await isNoted()).to.equal(true)
  })

  describe('of a logout that could not delete the key', () => {
    const ada = {subject: 'sub-1', discoveryUrl: DISCOVERY_URL}
    const closed: Partial<ClearLeftoverPorts> = {storeOf: () => fail('KEYCHAIN_LOCKED')}
    beforeEach(async () => {
      const login = await haveLogin({profiles, store}, {id: 'a', name: 'ada@example.com', oidc: oidcLogin()})
      await profiles.remove(API_URL, 'a')
      await leftovers.note(API_URL, {login, logged_out: true})
    })

    it('deletes it when the same person logs in, and says so (login case 89)', async () => {
      expect(await sweep({...closed, person: {...ada, server: serverOf('ada')}})).to.deep.equal([])
      expect([asked, await isNoted()]).to.deep.equal([['DELETE key-1 as ada'], false])
      expect(said.join()).to.include('key-1').and.include('deleted now')
    })

    it('opens no store for it, and keeps it while nobody can', async () => {
      expect((await sweep(closed)).join()).to.include('key-1')
      const person = {...ada, server: fakeServer({deleteApiKey: () => fail('NETWORK_ERROR')})}
      expect((await sweep({...closed, person})).join()).to.include('key-1')
      expect([said, await isNoted()]).to.deep.equal([[], true])
    })

    it('keeps it while the profile is still there, for the logout that was killed', async () => {
      await haveLogin({profiles, store}, {id: 'a', oidc: oidcLogin()})
      await sweep()
      expect([asked, await isNoted()]).to.deep.equal([[], true])
    })

    describe('when it is tried again', () => {
      const retry = (ports: Partial<ClearLeftoverPorts> = {}) =>
        retryLeftovers(
          {
            profiles,
            leftovers,
            storeOf: async () => store,
            controlPlane: async (_, bearer) => serverOf(bearer.reveal()),
            connectOidc: () => expect.fail('no refresh token of a profile is spent'),
            ...ports,
          },
          API_URL,
        )
      const serverSaying = (deleteApiKey: ControlPlaneClient['deleteApiKey']) => async () => fakeServer({deleteApiKey})

      it('says what is left where nobody is logged in', async () => {
        const [result] = await retry()
        expect(result).to.deep.include({isDone: false})
        expect(result?.left.join()).to.include('key-1')
        expect([asked, await isNoted()]).to.deep.equal([[], true])
      })

      for (const [whose, fields] of Object.entries({
        'a browser login of the same person': {oidc: oidcLogin({api_key_id: 'key-2'})},
        'an API key': {},
      })) {
        it(`deletes it by ${whose}`, async () => {
          await haveLogin({profiles, store}, {id: 'b', ...fields}, {apiKey: 'llx-b', refreshToken: 'refresh-b'})
          expect(await retry()).to.have.nested.property('[0].isDone', true)
          expect([asked, await isNoted()]).to.deep.equal([['DELETE key-1 as llx-b'], false])
        })
      }

      it('asks with nobody else', async () => {
        await haveLogin({profiles, store}, {id: 'b', oidc: oidcLogin({subject: 'sub-2'})})
        expect(await retry()).to.have.nested.property('[0].isDone', false)
        expect(asked).to.deep.equal([])
      })

      it('takes "unknown" for "gone" from the same person only: to others it means that the key is not theirs', async () => {
        const controlPlane = serverSaying(async () => false)
        await haveLogin({profiles, store}, {id: 'b'})
        const [stranger] = await retry({controlPlane})
        expect([stranger?.isDone, stranger?.failure?.code]).to.deep.equal([false, 'CREDENTIAL_REJECTED'])
        await haveLogin({profiles, store}, {id: 'c', oidc: oidcLogin()})
        expect(await retry({controlPlane})).to.have.nested.property('[0].isDone', true)
      })

      it('says what the server said', async () => {
        await haveLogin({profiles, store}, {id: 'b'})
        const [result] = await retry({controlPlane: serverSaying(() => fail('NETWORK_ERROR', 'No route.'))})
        expect(result?.failure?.code).to.equal('NETWORK_ERROR')
        expect(result?.left.join()).to.include('No route.')
      })
    })
  })

  it('names a key that was being made, once', async () => {
    await haveLeftover({oidc: oidcLogin({api_key_id: ''})}, {key_name: 'ada llamactl on laptop'})
    await sweep()
    await sweep()
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.include('"ada llamactl on laptop"')
  })

  it('drops the note alone where a profile has the secret', async () => {
    const {credential} = await haveLeftover()
    await profiles.save(API_URL, {id: 'b', name: 'ada', project_id: null, auth_type: 'token', credential})
    await sweep()
    expect(await store.get(credential)).not.to.equal(undefined)
    expect(await isNoted()).to.equal(false)
  })

  for (const [what, maker] of Object.entries({
    'a process that is at work': {pid: process.pid},
    'another machine on the same home': {host: 'elsewhere'},
  })) {
    it(`leaves alone what ${what} has noted, for an hour`, async () => {
      const {credential} = await haveLeftover({}, {maker})
      await sweep()
      expect(await store.get(credential)).not.to.equal(undefined)
      expect(await isNoted()).to.equal(true)

      await haveLeftover({}, {maker: {...maker, since: Date.now() - 3_700_000}})
      await sweep()
      expect(await isNoted()).to.equal(false)
    })
  }

  it('harms nothing by a damaged note', async () => {
    const {credential} = await haveLeftover()
    const path = join(temporary(), 'environments', folderName(API_URL), 'leftovers', 'a.json')
    writeFileSync(path, '{"version": 1}')
    expect(await sweep()).to.deep.equal([])
    expect(await store.get(credential)).not.to.equal(undefined)
  })
})
