import {expect} from 'chai'
import {logOut} from '../../src/login/log-out.js'
import {createRevokeLogin, type RevokeLoginPorts} from '../../src/login/revoke-login.js'
import type {OidcClient, Tokens} from '../../src/oidc/index.js'
import type {Profile} from '../../src/profiles/profile.js'
import {Secret} from '../../src/secret.js'
import {createMemoryCredentialStore} from '../../src/testing/index.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {
  API_URL,
  DISCOVERY_URL,
  fail,
  fakeOidc,
  fakeServer,
  haveLogin,
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
  const revoke = (ports: Partial<RevokeLoginPorts>, {refreshToken = 'refresh-1'} = {}, of = profile()) =>
    createRevokeLogin({
      controlPlane: () => expect.fail('no server to ask'),
      connectOidc: () => expect.fail('no provider to ask'),
      ...ports,
    })(of, {
      apiKey: new Secret('llx-minted'),
      ...(refreshToken && {refreshToken: new Secret(refreshToken)}),
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
      expect(outcome).to.deep.equal({deleted: true, profile: login, ...done})
      expect(await profiles.list(API_URL)).to.deep.equal([])
      expect(asked).to.deep.equal(['DELETE key-1 as llx-minted', 'revoke refresh-1'])
    })
  })
})
