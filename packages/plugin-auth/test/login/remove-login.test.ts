import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import type {CredentialReference, CredentialStore} from '../../src/credentials/credential-store.js'
import {removeLogin, type RemoveLoginPorts} from '../../src/login/remove-login.js'
import {ended, type RevokedLogin, type RevokeLogin} from '../../src/login/revoke-login.js'
import type {Profile} from '../../src/profiles/profile.js'
import type {LeftoverStore} from '../../src/profiles/leftover-store.js'
import type {ProfileStore} from '../../src/profiles/profile-store.js'
import {Secret} from '../../src/secret.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {API_URL, fail, haveLogin, instead, logged, oidcLogin, openLeftovers, openProfiles} from './support/fakes.js'

describe('removing a login', () => {
  const temporary = useTemporaryFolder()
  let profiles: ProfileStore
  let leftovers: LeftoverStore
  let store: CredentialStore
  let token: Profile & {credential: CredentialReference}
  let browser: Profile & {credential: CredentialReference}
  let revoked: {name: string; apiKey: string; refreshToken: string | undefined}[]

  beforeEach(async () => {
    profiles = openProfiles(temporary())
    leftovers = openLeftovers(temporary())
    store = createMemoryCredentialStore()
    revoked = []
    token = await haveLogin({profiles, store}, {id: 'a', name: 'work'})
    const secrets = {apiKey: 'llx-minted', refreshToken: 'refresh-1'}
    browser = await haveLogin({profiles, store}, {id: 'b', name: 'ada@example.com', oidc: oidcLogin()}, secrets)
    await profiles.setCurrent(API_URL, 'b')
  })

  const done: RevokedLogin = {...ended, tokenRevoked: true}
  const notAsked: RevokedLogin = {
    ...{revoked: false, keyDeleted: false, tokenRevoked: null},
    warnings: ['API key key-1 of ada@example.com could not be deleted.'],
  }
  const given = {deleted: true, revoked: null, keyDeleted: null, tokenRevoked: null, warnings: []}
  const revoke: RevokeLogin = async ({name}, credential) => {
    if (!credential) return notAsked
    revoked.push({name, apiKey: credential.apiKey.reveal(), refreshToken: credential.refreshToken?.reveal()})
    return done
  }
  const remove = (profile: Profile, {force = false, ...ports}: Partial<RemoveLoginPorts> & {force?: boolean} = {}) =>
    removeLogin({profiles, leftovers, storeOf: async () => store, revoke, ...ports}, {apiUrl: API_URL, profile, force})
  const ids = async () => (await profiles.list(API_URL)).map(({id}) => id)
  const current = async () => (await profiles.current(API_URL))?.id

  it('ends a browser login at the server, then its secret, then its metadata', async () => {
    const log: string[] = []
    expect(
      await remove(browser, {
        storeOf: async () => logged('store', store, log),
        profiles: logged('profiles', profiles, log),
        revoke: (...args) => {
          log.push('revoke')
          return revoke(...args)
        },
      }),
    ).to.deep.equal({deleted: true, profile: browser, ...done})
    expect(revoked).to.deep.equal([{name: 'ada@example.com', apiKey: 'llx-minted', refreshToken: 'refresh-1'}])
    expect(log.filter((step) => step !== 'profiles.current')).to.deep.equal([
      'store.get',
      'revoke',
      'store.delete',
      'profiles.exclusively',
      'profiles.list',
      'profiles.clearCurrent',
      'profiles.remove',
    ])
    expect(await store.get(browser.credential)).to.equal(undefined)
    expect([await ids(), await current()]).to.deep.equal([['a'], undefined])
  })

  it('leaves a key that was given alone at the server, and another profile current', async () => {
    expect(await remove(token)).to.deep.equal({profile: token, ...given})
    expect(revoked).to.deep.equal([])
    expect(await store.get(token.credential)).to.equal(undefined)
    expect([await ids(), await current()]).to.deep.equal([['b'], 'b'])
  })

  it('asks no store about a profile without a secret', async () => {
    const none: Profile = {id: 'c', name: 'default', project_id: 'p', auth_type: 'none', credential: null}
    await profiles.save(API_URL, none)
    const storeOf = () => expect.fail('there is no secret')
    expect(await remove(none, {storeOf})).to.deep.equal({profile: none, ...given})
    expect(await ids()).to.deep.equal(['b', 'a'])
  })

  it('hands on what could not be revoked, and ends the login here (login case 90)', async () => {
    expect(await remove(browser, {revoke: async () => notAsked})).to.deep.include({deleted: true, ...notAsked})
    expect(await ids()).to.deep.equal(['a'])
    expect(await leftovers.list(API_URL)).to.have.length(1)
    expect((await leftovers.list(API_URL))[0]).to.deep.include({login: browser, logged_out: true, isAbandoned: true})
    expect(await store.get(browser.credential)).to.equal(undefined)
  })

  for (const [what, spoil] of Object.entries({
    'is gone': () => store.delete(browser.credential),
    'was overwritten by somebody': () => store.set(browser.credential.account, new Secret('canary')),
  })) {
    it(`names the key of a browser login whose secret ${what}, and ends the login here`, async () => {
      await spoil()
      const outcome = await remove(browser)
      expect(outcome.revoked).to.equal(false)
      expect(outcome.warnings.join()).to.include('key-1').and.include('ada@example.com').and.not.include('canary')
      expect(revoked).to.deep.equal([])
      expect(await store.get(browser.credential)).to.equal(undefined)
      expect(await ids()).to.deep.equal(['a'])
    })
  }

  it('has nothing to do for a key that was given and is gone', async () => {
    await store.delete(token.credential)
    expect(await remove(token)).to.include({revoked: null})
    expect(await ids()).to.deep.equal(['b'])
  })

  const broken: Record<string, () => Partial<RemoveLoginPorts>> = {
    'cannot be opened': () => ({storeOf: () => fail('KEYCHAIN_UNAVAILABLE', 'No bus.')}),
    'is locked': () => ({storeOf: async () => instead(store, {get: () => fail('KEYCHAIN_LOCKED', 'Locked.')})}),
    'does not delete': () => ({storeOf: async () => instead(store, {delete: () => fail('KEYCHAIN_TIMEOUT', 'Slow.')})}),
  }

  for (const [what, ports] of Object.entries(broken)) {
    describe(`when the store ${what}`, () => {
      it('keeps the metadata, and says where the entry is', async () => {
        for (const profile of [token, browser]) {
          const error = (await remove(profile, ports())).failure!
          expect(error.code).to.match(/^KEYCHAIN_/)
          expect(error.message).to.include(`${profile.name} is not logged out`)
          expect(JSON.stringify(error.suggestions)).to.include(profile.credential.account).and.include('--force')
        }

        expect([await ids(), await current()]).to.deep.equal([['b', 'a'], 'b'])
      })

      it('forgets the profile by force, and says what it left where', async () => {
        const {warnings, revoked: isRevoked} = await remove(browser, {...ports(), force: true})
        expect(warnings.at(-1)).to.include('service test, account b')
        const couldRead = what === 'does not delete'
        expect(isRevoked).to.equal(couldRead)
        expect(warnings).to.have.length(couldRead ? 1 : 2)
        if (!couldRead) expect(warnings[0]).to.include('key-1')
        expect([await ids(), await current()]).to.deep.equal([['a'], undefined])
      })

      it('forgets a key that was given by force, and claims nothing of the server', async () => {
        const {warnings, revoked: isRevoked} = await remove(token, {...ports(), force: true})
        expect([warnings.length, isRevoked]).to.deep.equal([1, null])
        expect(await ids()).to.deep.equal(['b'])
      })
    })
  }

  describe('after another process has deleted the key', () => {
    const refusing: RevokeLogin = async (_, __, {isKeyDeleted} = {}) => (isKeyDeleted ? done : notAsked)

    it('does not say that it may still work, when that one was killed on the way', async () => {
      const killed = instead(store, {delete: () => fail('KEYCHAIN_ERROR')})
      const deletes: RevokeLogin = async (_, __, {onKeyDeleted} = {}) => {
        await onKeyDeleted?.()
        return done
      }
      await remove(browser, {revoke: deletes, storeOf: async () => killed})
      expect(await leftovers.list(API_URL)).to.have.length(1)
      await store.delete(browser.credential)

      expect(await remove(browser, {revoke: refusing})).to.deep.include({...done, deleted: true})
      expect([await ids(), await leftovers.list(API_URL)]).to.deep.equal([['a'], []])
    })

    it('does not say so when that one is done meanwhile', async () => {
      const meanwhile: RevokeLogin = async () => {
        await profiles.remove(API_URL, 'b')
        return notAsked
      }
      expect(await remove(browser, {revoke: meanwhile})).to.deep.include({...ended, deleted: true})
      expect(await leftovers.list(API_URL)).to.deep.equal([])
    })
  })

  it('remembers no key of a login that was renewed meanwhile, which whoever renewed it does', async () => {
    const meanwhile: RevokeLogin = async () => {
      await haveLogin({profiles, store}, {id: 'c', oidc: oidcLogin()})
      await profiles.save(API_URL, {...browser, credential: {...browser.credential, account: 'c'}})
      await profiles.remove(API_URL, 'c')
      return notAsked
    }
    expect(await remove(browser, {revoke: meanwhile})).to.include({deleted: false})
    expect([await ids(), await leftovers.list(API_URL)]).to.deep.equal([['b', 'a'], []])
  })

  it('says that it will not try again, where that cannot be written down', async () => {
    const full = instead(leftovers, {note: () => fail('STORAGE_ERROR')})
    const {deleted, warnings} = await remove(browser, {revoke: async () => notAsked, leftovers: full})
    expect(deleted).to.equal(true)
    expect(warnings.at(-1)).to.include('not be tried again')
  })

  it('stops where a person cancels, also by force', async () => {
    for (const force of [false, true]) {
      await refusal(remove(browser, {storeOf: () => fail('CANCELLED'), force}), 'CANCELLED')
    }

    expect(await ids()).to.deep.equal(['b', 'a'])
  })

  it('does not take a bug for a store that is broken', async () => {
    const storeOf = () => Promise.reject(new TypeError('a bug'))
    const error: unknown = await remove(browser, {storeOf, force: true}).catch((error: unknown) => error)
    expect(error).to.be.instanceOf(TypeError)
    expect(await ids()).to.deep.equal(['b', 'a'])
  })

  it('ends also where the file that says what is current is damaged', async () => {
    writeFileSync(join(temporary(), 'current-profile.json'), '{')
    await remove(browser)
    expect(await ids()).to.deep.equal(['a'])
  })

  it('names the file of a secret that is kept in one', async () => {
    const file = instead(store, {kind: 'file', delete: () => fail('STORAGE_ERROR')})
    const profile = {...token, credential: {...token.credential, store: 'file' as const}}
    const error = (await remove(profile, {storeOf: async () => file})).failure!
    expect(error.code).to.equal('STORAGE_ERROR')
    expect(JSON.stringify(error.suggestions)).to.include('credentials/a.json')
  })
})
