import {writeFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import type {CredentialReference, CredentialStore} from '../../src/credentials/credential-store.js'
import {folderName} from '../../src/environments/api-url.js'
import type {ClearLeftoverPorts} from '../../src/login/clear-leftover.js'
import {sweepLeftovers} from '../../src/login/sweep-leftovers.js'
import type {LeftoverStore} from '../../src/profiles/leftover-store.js'
import type {Profile} from '../../src/profiles/profile.js'
import type {ProfileStore} from '../../src/profiles/profile-store.js'
import {createMemoryCredentialStore} from '../../src/testing/index.js'
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

  beforeEach(() => {
    profiles = openProfiles(temporary())
    leftovers = openLeftovers(temporary())
    store = createMemoryCredentialStore()
    asked = []
    warnings = []
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
    const made = {pid: DEAD, host: hostname(), since: Date.now(), ...maker}
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
