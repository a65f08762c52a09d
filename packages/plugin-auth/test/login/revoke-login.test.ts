import {expect} from 'chai'
import {logOut} from '../../src/login/log-out.js'
import {createRevokeLogin, type RevokeLoginPorts} from '../../src/login/revoke-login.js'
import type {OidcClient, Tokens} from '../../src/oidc/index.js'
import type {Profile} from '../../src/profiles/profile.js'
import {Secret} from '../../src/secret.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'
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

const profile = (fields: Partial<Profile> = {}): Profile => ({
  id: 'a',
  name: 'ada@example.com',
  project_id: null,
  auth_type: 'oidc',
  credential: {store: 'keychain', engine: 'memory', service: 'test', account: 'a'},
  oidc: oidcLogin(),
  ...fields,
})

const refreshed = (refreshToken: string): Tokens & {refreshToken: Secret} => ({
  accessToken: new Secret('access-1'),
  refreshToken: new Secret(refreshToken),
  identity: {subject: 'sub-1'},
})

describe('revoking a login', () => {
  let asked: string[]
  beforeEach(() => (asked = []))

  /** A server that lets these bearers delete a key, and refuses everybody else. */
  const serverFor =
    (...bearers: string[]): RevokeLoginPorts['controlPlane'] =>
    async (bearer) =>
      fakeServer({
        async deleteApiKey(id) {
          asked.push(`DELETE ${id} as ${bearer.reveal()}`)
          return bearers.includes(bearer.reveal()) ? true : fail('CREDENTIAL_REJECTED', 'Not you.')
        },
      })
  const provider = (changes: Partial<OidcClient> = {}): RevokeLoginPorts['connectOidc'] => {
    return async (to) => {
      expect(to).to.deep.equal({discoveryUrl: DISCOVERY_URL, clientId: 'cli'})
      return fakeOidc({
        async refresh(token, subject) {
          asked.push(`refresh ${token.reveal()} of ${subject}`)
          return refreshed('refresh-2')
        },
        async revoke(token) {
          asked.push(`revoke ${token.reveal()}`)
          return true
        },
        ...changes,
      })
    }
  }
  const revoke = (ports: Partial<RevokeLoginPorts>, {refreshToken = 'refresh-1', kept = ''} = {}, of = profile()) =>
    createRevokeLogin({
      controlPlane: () => expect.fail('no server to ask'),
      connectOidc: () => expect.fail('no provider to ask'),
      ...ports,
    })(of, {
      apiKey: new Secret('llx-minted'),
      ...(refreshToken && {refreshToken: new Secret(refreshToken)}),
      ...(kept && {access: {token: new Secret(kept), expiresAt: new Date(Date.now() + 300_000)}}),
    })

  it('lets the key delete itself, then revokes the refresh token', async () => {
    const outcome = await revoke({controlPlane: serverFor('llx-minted'), connectOidc: provider()})
    expect(outcome).to.deep.equal({revoked: true, keyDeleted: true, tokenRevoked: true, warnings: []})
    expect(asked).to.deep.equal(['DELETE key-1 as llx-minted', 'revoke refresh-1'])
  })

  it('asks no provider where there is no refresh token', async () => {
    const outcome = await revoke({controlPlane: serverFor('llx-minted')}, {refreshToken: ''})
    expect(outcome).to.deep.equal({revoked: true, keyDeleted: true, tokenRevoked: null, warnings: []})
  })

  it('has nothing to do for what no login minted', async () => {
    const given = profile({auth_type: 'token'})
    delete given.oidc
    expect(await revoke({}, {}, given)).to.deep.include({revoked: true, warnings: []})
  })

  it('calls a key revoked that the server does not know any more', async () => {
    const controlPlane = async () => fakeServer({deleteApiKey: async () => false})
    expect(await revoke({controlPlane, connectOidc: provider()})).to.include({revoked: true})
  })

  it('gets an access token where a key cannot delete itself, and revokes the refresh token that came with it', async () => {
    const outcome = await revoke({controlPlane: serverFor('access-1'), connectOidc: provider()})
    expect(outcome).to.deep.equal({revoked: true, keyDeleted: true, tokenRevoked: true, warnings: []})
    expect(asked).to.deep.equal([
      'DELETE key-1 as llx-minted',
      'refresh refresh-1 of sub-1',
      'DELETE key-1 as access-1',
      'revoke refresh-2',
    ])
  })

  it('asks with the access token that is kept first, and with another where that is refused', async () => {
    for (const [kept, calls] of Object.entries({
      'access-0': ['DELETE key-1 as access-0', 'revoke refresh-1'],
      'of-an-old-key': [
        'DELETE key-1 as of-an-old-key',
        'refresh refresh-1 of sub-1',
        'DELETE key-1 as access-1',
        'revoke refresh-2',
      ],
    })) {
      asked = []
      const controlPlane = serverFor('access-0', 'access-1')
      expect(await revoke({controlPlane, connectOidc: provider()}, {kept})).to.include({revoked: true})
      expect(asked).to.deep.equal(['DELETE key-1 as llx-minted', ...calls])
    }
  })

  it('asks for an access token once more where the answer was lost', async () => {
    let tries = 0
    const refresh: OidcClient['refresh'] = async () => (++tries === 1 ? fail('NETWORK_ERROR') : refreshed('refresh-2'))
    const outcome = await revoke({controlPlane: serverFor('access-1'), connectOidc: provider({refresh})})
    expect([outcome.revoked, tries]).to.deep.equal([true, 2])
  })

  it('names the key where there is no refresh token to get an access token with (login case 90)', async () => {
    const {revoked, warnings} = await revoke({controlPlane: serverFor()}, {refreshToken: ''})
    expect([revoked, warnings.length]).to.deep.equal([false, 1])
    expect(warnings[0]).to.include('key-1').and.include('may still work').and.include('Not you.')
  })

  it('names the key where an access token does not help either, and revokes the refresh token', async () => {
    const {revoked, warnings} = await revoke({controlPlane: serverFor(), connectOidc: provider()})
    expect([revoked, warnings.length]).to.deep.equal([false, 1])
    expect(warnings[0]).to.include('key-1')
    expect(asked.at(-1)).to.equal('revoke refresh-2')
  })

  it('names the key where the provider has ended the login, and revokes the refresh token that it had', async () => {
    const connectOidc = provider({refresh: () => fail('CREDENTIAL_REJECTED', 'The login has ended.')})
    const {revoked, warnings} = await revoke({controlPlane: serverFor(), connectOidc})
    expect([revoked, warnings.length]).to.deep.equal([false, 1])
    expect(asked.at(-1)).to.equal('revoke refresh-1')
  })

  it('names the key that still works where the server is away, and revokes the refresh token all the same', async () => {
    const controlPlane = async () => fakeServer({deleteApiKey: () => fail('NETWORK_ERROR', 'No route.')})
    const {revoked, warnings} = await revoke({controlPlane, connectOidc: provider()})
    expect([revoked, warnings.length]).to.deep.equal([false, 1])
    expect(warnings[0]).to.include('key-1').and.include('ada@example.com').and.include('and still works: No route.')
    expect(asked).to.deep.equal(['revoke refresh-1'])
  })

  for (const [what, connectOidc] of Object.entries({
    refuses: provider({revoke: async () => false}),
    'is away': () => fail('NETWORK_ERROR'),
    fails: provider({revoke: () => fail('SERVER_ERROR')}),
  })) {
    it(`names the host of a provider that ${what} (login case 99)`, async () => {
      const {revoked, warnings} = await revoke({controlPlane: serverFor('llx-minted'), connectOidc})
      expect([revoked, warnings.length]).to.deep.equal([false, 1])
      expect(warnings[0]).to.include('refresh token').and.include('login.example.com').and.not.include('refresh-1')
    })
  }

  it('ends also where the file says a provider that is no URL', async () => {
    const of = profile({oidc: oidcLogin({discovery_url: 'nonsense'})})
    const connectOidc = () => fail('LOGIN_FAILED')
    const {warnings} = await revoke({controlPlane: serverFor('llx-minted'), connectOidc}, {}, of)
    expect(warnings[0]).to.include('its provider')
  })

  it('stops where a person cancels', async () => {
    await refusal(revoke({controlPlane: () => fail('CANCELLED')}), 'CANCELLED')
    await refusal(revoke({controlPlane: serverFor('llx-minted'), connectOidc: () => fail('CANCELLED')}), 'CANCELLED')
  })

  describe('when logging out', () => {
    const temporary = useTemporaryFolder()

    it('removes what another process has made of the profile by the time that it is its turn', async () => {
      const profiles = openProfiles(temporary())
      const store = createMemoryCredentialStore()
      const fields = {id: 'a', name: 'ada@example.com', oidc: oidcLogin()}
      const login = await haveLogin({profiles, store}, fields, {refreshToken: ''})
      const ports = {
        leftovers: openLeftovers(temporary()),
        storeOf: async () => store,
        checkpoint() {},
        warn: (text: string) => expect.fail(text),
        controlPlane: async (_: string, bearer: Secret) => serverFor('llx-new')(bearer),
        connectOidc: () => expect.fail('there is no refresh token'),
      }
      const renewing: typeof profiles.renewing = async (id, work, options) => {
        const secret = new Secret('{"api_key":"llx-new"}')
        await profiles.save(API_URL, {...login, credential: await store.set('renewed', secret)})
        return profiles.renewing(id, work, options)
      }
      const removal = {apiUrl: API_URL, profile: login, force: false}
      const outcome = await logOut({...ports, profiles: instead(profiles, {renewing})}, removal)
      expect(outcome).to.deep.include({deleted: true, revoked: true, warnings: []})
      expect(await profiles.list(API_URL)).to.deep.equal([])
      expect(await store.get(store.referenceTo('renewed'))).to.equal(undefined)
    })

    it('leaves the login as it was where another process does not come to its end', async () => {
      const profiles = openProfiles(temporary())
      const store = createMemoryCredentialStore()
      const login = await haveLogin({profiles, store}, {id: 'a', oidc: oidcLogin()})
      const ports = {
        profiles: instead(profiles, {renewing: () => fail('STORAGE_ERROR', 'x.lock is held.')}),
        leftovers: openLeftovers(temporary()),
        storeOf: () => expect.fail('no secret is read'),
        checkpoint() {},
        warn: (text: string) => expect.fail(text),
        controlPlane: () => expect.fail('no server is asked'),
        connectOidc: () => expect.fail('no provider is asked'),
      }
      const outcome = await logOut(ports, {apiUrl: API_URL, profile: login, force: false})
      expect(outcome).to.include({deleted: false, revoked: null})
      expect(outcome.failure?.message).to.equal('x.lock is held.')
      expect(await profiles.list(API_URL)).to.have.length(1)
    })

    it('asks the server and the provider of that environment', async () => {
      const profiles = openProfiles(temporary())
      const store = createMemoryCredentialStore()
      const fields = {id: 'a', name: 'ada@example.com', oidc: oidcLogin()}
      const login = await haveLogin({profiles, store}, fields, {apiKey: 'llx-minted', refreshToken: 'refresh-1'})
      const outcome = await logOut(
        {
          profiles,
          leftovers: openLeftovers(temporary()),
          storeOf: async () => store,
          checkpoint() {},
          warn: (text) => expect.fail(text),
          controlPlane: (apiUrl, bearer) => {
            expect(apiUrl).to.equal(API_URL)
            return serverFor('llx-minted')(bearer)
          },
          connectOidc: ({apiUrl, ...to}) => {
            expect(apiUrl).to.equal(API_URL)
            return provider()(to)
          },
        },
        {apiUrl: API_URL, profile: login, force: false},
      )
      const done = {revoked: true, keyDeleted: true, tokenRevoked: true, warnings: []}
      expect(outcome).to.deep.include({deleted: true, ...done})
      expect(outcome.profile).to.deep.include(login)
      expect(await profiles.list(API_URL)).to.deep.equal([])
      expect(asked).to.deep.equal(['DELETE key-1 as llx-minted', 'revoke refresh-1'])
    })
  })
})
