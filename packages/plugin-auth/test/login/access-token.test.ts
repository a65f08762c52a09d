import {readdirSync, readFileSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import type {CredentialReference, CredentialStore} from '../../src/credentials/credential-store.js'
import {createFileStore} from '../../src/credentials/file/file-store.js'
import {type AccessTokenPorts, requireAccessToken} from '../../src/login/access-token.js'
import {type Credential, decodeCredential, encodeCredential} from '../../src/login/credential.js'
import type {OidcClient} from '../../src/oidc/index.js'
import type {Profile} from '../../src/profiles/profile.js'
import type {ProfileStore} from '../../src/profiles/profile-store.js'
import {Secret} from '../../src/secret.js'
import {createFolder} from '../../src/storage/folder.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {
  API_URL,
  fail,
  fakeOidc,
  haveLogin,
  instead,
  oidcLogin,
  openEnvironments,
  openLeftovers,
  openProfiles,
} from './support/fakes.js'

const TOKEN = 'access-canary'

describe('an access token', () => {
  const temporary = useTemporaryFolder()
  let profiles: ProfileStore
  let store: CredentialStore
  let profile: Profile & {credential: CredentialReference}
  /** The refresh tokens that the provider was asked with. */
  let asked: string[]
  /** The one that the provider honours; each refresh gives another. */
  let alive: string
  let isRotating: boolean

  beforeEach(async () => {
    profiles = openProfiles(temporary())
    store = createMemoryCredentialStore()
    asked = []
    alive = 'refresh-1'
    isRotating = true
    profile = await haveLogin({profiles, store}, {id: 'a', oidc: oidcLogin()}, {refreshToken: 'refresh-1'})
  })

  const refresh: OidcClient['refresh'] = async (token, subject) => {
    expect(subject).to.equal('sub-1')
    asked.push(token.reveal())
    if (token.reveal() !== alive) return fail('CREDENTIAL_REJECTED', 'The provider has ended this login.')
    if (isRotating) alive = `refresh-${asked.length + 1}`
    const accessToken = new Secret(`${TOKEN}-${asked.length}`)
    return {accessToken, refreshToken: new Secret(alive), identity: {subject: 'sub-1'}, expiresIn: 300}
  }
  const provider = (changes: Partial<OidcClient> = {}) => ({
    connectOidc: async () => fakeOidc({refresh, ...changes}),
  })

  const ports = (changes: Partial<AccessTokenPorts> = {}): AccessTokenPorts => ({
    environments: openEnvironments(temporary()),
    profiles,
    leftovers: openLeftovers(temporary()),
    storeOf: async () => store,
    controlPlane: () => expect.fail('no server to ask'),
    checkpoint() {},
    warn: (text) => expect.fail(text),
    ...provider(),
    ...changes,
  })
  const require = async (changes?: Partial<AccessTokenPorts>, rejected?: string) =>
    (
      await requireAccessToken(ports(changes), API_URL, profile, rejected ? {rejected: new Secret(rejected)} : {})
    ).token.reveal()

  const silent = {connectOidc: () => expect.fail('the provider is not asked')}

  /** What the entry of the profile holds now. */
  async function held() {
    const [latest] = await profiles.list(API_URL)
    const {apiKey, refreshToken, access} = decodeCredential((await store.get(latest!.credential!))!)
    return {apiKey: apiKey.reveal(), refreshToken: refreshToken?.reveal(), access: access?.token.reveal()}
  }

  async function haveKept(seconds: number, {refreshToken}: Pick<Credential, 'refreshToken'> = {}): Promise<void> {
    const access = {token: new Secret('kept'), expiresAt: new Date(Date.now() + seconds * 1000)}
    const credential = {apiKey: new Secret('llx-old'), refreshToken: refreshToken ?? new Secret('refresh-1'), access}
    await store.set('a', encodeCredential(credential))
  }

  it('that is kept and good for a minute more is given out, without a turn', async () => {
    await haveKept(62)
    const renewing = () => expect.fail('no turn is needed')
    expect(await require({...silent, profiles: instead(profiles, {renewing})})).to.equal('kept')
  })

  it('is got by the refresh token otherwise, and kept in a new entry with what came with it', async () => {
    await haveKept(59)
    const before = Date.now()
    const {token, expiresAt} = await requireAccessToken(ports(), API_URL, profile)
    expect(token.reveal()).to.equal(`${TOKEN}-1`)
    expect(expiresAt!.getTime()).to.be.within(before + 299_000, Date.now() + 300_000)
    expect(await held()).to.deep.equal({apiKey: 'llx-old', refreshToken: 'refresh-2', access: `${TOKEN}-1`})
    expect(await store.get(profile.credential)).to.equal(undefined)
    const [latest] = await profiles.list(API_URL)
    expect(latest).to.deep.include({id: 'a', name: 'a', project_id: 'prj-1', oidc: profile.oidc})
    expect([await profiles.current(API_URL), await openLeftovers(temporary()).list(API_URL)]).to.deep.equal([
      undefined,
      [],
    ])
    expect(await require(silent)).to.equal(`${TOKEN}-1`)
  })

  it('is got once by eight who ask at the same time (login case 91)', async () => {
    const tokens = await Promise.all(Array.from({length: 8}, () => require()))
    expect(new Set(tokens)).to.deep.equal(new Set([`${TOKEN}-1`]))
    expect(asked).to.deep.equal(['refresh-1'])
  })

  it('is not kept where the provider does not say how long it is good; its refresh token is', async () => {
    const forgetful: OidcClient['refresh'] = async (...args) => {
      const tokens = await refresh(...args)
      delete tokens.expiresIn
      return tokens
    }
    expect(await requireAccessToken(ports(provider({refresh: forgetful})), API_URL, profile)).to.have.all.keys('token')
    expect(await held()).to.deep.equal({apiKey: 'llx-old', refreshToken: 'refresh-2', access: undefined})
  })

  it('is never in a plain file, so that each one refreshes in turn, and the login lives', async () => {
    store = createFileStore({folder: createFolder({path: temporary(), warn() {}}), service: 'test'})
    profile = await haveLogin({profiles, store}, {id: 'a', oidc: oidcLogin()}, {refreshToken: 'refresh-1'})
    await Promise.all([require(), require(), require()])
    expect(asked).to.deep.equal(['refresh-1', 'refresh-2', 'refresh-3'])
    expect((await held()).refreshToken).to.equal('refresh-4')
    const files = readdirSync(temporary(), {recursive: true, encoding: 'utf8'}).filter((name) => /json$/.test(name))
    expect(files.map((name) => readFileSync(join(temporary(), name), 'utf8')).join()).not.to.include('canary')
  })

  it('is kept where the provider does not rotate too, with the refresh token of before (login case 97)', async () => {
    isRotating = false
    await require()
    expect(await held()).to.deep.equal({apiKey: 'llx-old', refreshToken: 'refresh-1', access: `${TOKEN}-1`})
  })

  it('leaves the entry alone where nothing in it is to change', async () => {
    isRotating = false
    store = instead(store, {fits: () => false, set: () => expect.fail('nothing is written')})
    expect(await require()).to.equal(`${TOKEN}-1`)
  })

  it('that the server refused is exchanged, unless another process has done so (login case 98)', async () => {
    await haveKept(300)
    expect(await require({}, 'kept')).to.equal(`${TOKEN}-1`)
    expect(await require({}, 'kept')).to.equal(`${TOKEN}-1`)
    expect(asked).to.deep.equal(['refresh-1'])
  })

  describe('when the provider has ended the login (login case 94)', () => {
    beforeEach(() => (alive = 'another'))

    it('says so, drops the tokens, and keeps the API key', async () => {
      await haveKept(300)
      expect((await refusal(require({}, 'kept'), 'CREDENTIAL_REJECTED')).message).to.include('ended this login')
      expect(await held()).to.deep.equal({apiKey: 'llx-old', refreshToken: undefined, access: undefined})
      const error = await refusal(require(silent), 'CREDENTIAL_REJECTED')
      expect(error.suggestions).to.deep.equal([{command: 'auth:login', to: 'to log in again'}])
    })

    it('takes what another process has got meanwhile, and drops nothing of it', async () => {
      const late: OidcClient['refresh'] = async (...args) => {
        await store.set('b', encodeCredential({apiKey: new Secret('llx-old'), ...(await freshTokens())}))
        await profiles.save(API_URL, {...profile, credential: store.referenceTo('b')})
        return refresh(...args)
      }
      expect(await require(provider({refresh: late}))).to.equal('newer')
      expect((await held()).access).to.equal('newer')
    })

    it('says that, not that the tokens could not be dropped', async () => {
      store = instead(store, {set: () => fail('KEYCHAIN_LOCKED')})
      await refusal(require(), 'CREDENTIAL_REJECTED')
    })
  })

  const freshTokens = async () => ({
    refreshToken: new Secret('refresh-9'),
    access: {token: new Secret('newer'), expiresAt: new Date(Date.now() + 300_000)},
  })

  describe('when the answer is lost (login case 95)', () => {
    for (const code of ['NETWORK_ERROR', 'SERVER_ERROR'] as const) {
      it(`asks once more: ${code}`, async () => {
        let tries = 0
        const lossy: OidcClient['refresh'] = (...args) => (++tries === 1 ? fail(code) : refresh(...args))
        expect(await require(provider({refresh: lossy}))).to.equal(`${TOKEN}-1`)
      })
    }

    it('fails the second time, and leaves everything as it was', async () => {
      let tries = 0
      const lost: OidcClient['refresh'] = () => {
        tries++
        return fail('NETWORK_ERROR')
      }
      await refusal(require(provider({refresh: lost})), 'NETWORK_ERROR')
      expect(tries).to.equal(2)
      expect(await held()).to.deep.equal({apiKey: 'llx-old', refreshToken: 'refresh-1', access: undefined})
    })

    it('asks only once where the provider refuses the person', async () => {
      let tries = 0
      const other: OidcClient['refresh'] = () => {
        tries++
        return fail('LOGIN_FAILED')
      }
      await refusal(require(provider({refresh: other})), 'LOGIN_FAILED')
      expect([tries, (await held()).refreshToken]).to.deep.equal([1, 'refresh-1'])
    })
  })

  describe('of a process that stood still (login case 93)', () => {
    /** Its lock was not touched for a minute, and another process has taken the turn and ended it. */
    async function standStill(): Promise<void> {
      const lock = join(temporary(), 'locks', 'login-a.lock')
      const minuteAgo = new Date(Date.now() - 60_000)
      utimesSync(lock, minuteAgo, minuteAgo)
      expect(await require()).to.equal(`${TOKEN}-1`)
    }

    it('before it sent the refresh token, is that of the other one', async () => {
      let count = 0
      const connectOidc = async () => {
        if (++count === 1) await standStill()
        return fakeOidc({refresh})
      }
      expect(await require({connectOidc})).to.equal(`${TOKEN}-1`)
      expect(asked).to.deep.equal(['refresh-1'])
    })

    it('after it was answered, is that of the other one, which is not overwritten', async () => {
      const slow: OidcClient['refresh'] = async () => {
        await standStill()
        return {...(await freshTokens()), accessToken: new Secret('late'), identity: {subject: 'sub-1'}, expiresIn: 300}
      }
      expect(await require(provider({refresh: slow}))).to.equal(`${TOKEN}-1`)
      expect(await held()).to.deep.equal({apiKey: 'llx-old', refreshToken: 'refresh-2', access: `${TOKEN}-1`})
    })
  })

  it('is none of a profile that was logged out meanwhile', async () => {
    await profiles.remove(API_URL, 'a')
    await store.delete(profile.credential)
    await refusal(require(silent), 'PROFILE_NOT_FOUND')
  })

  it('is none of an entry that is gone', async () => {
    await store.delete(profile.credential)
    await refusal(require(silent), 'CREDENTIAL_MISSING')
  })

  it('is not looked for anywhere else while the keychain is locked', async () => {
    store = instead(store, {get: () => fail('KEYCHAIN_LOCKED')})
    await refusal(require(silent), 'KEYCHAIN_LOCKED')
  })

  it('is none of a login without a refresh token, which goes on by its API key', async () => {
    profile = await haveLogin({profiles, store}, {id: 'a', oidc: oidcLogin()})
    await refusal(require(silent), 'CREDENTIAL_REJECTED')
    expect((await held()).apiKey).to.equal('llx-old')
  })

  it('is none of a key that a person gave', async () => {
    profile = await haveLogin({profiles, store}, {id: 'c'})
    await refusal(require(silent), 'USAGE')
  })

  it('is not asked for once a person has cancelled', async () => {
    await refusal(require({checkpoint: () => void cancelled()}), 'CANCELLED')
    expect(asked).to.deep.equal([])
  })
})

function cancelled(): never {
  throw Object.assign(new Error('Cancelled.'), {code: 'CANCELLED', exitCode: 130, suggestions: []})
}
