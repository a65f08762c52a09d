import {expect} from 'chai'
import {folderName} from '../../src/environments/api-url.js'
import {AuthError} from '../../src/errors.js'
import {resumeLogin, type ResumeLogin} from '../../src/login/resume-login.js'
import {startLogin} from '../../src/login/start-login.js'
import {sweepPendingLogins} from '../../src/login/end-pending-login.js'
import type {OidcClient, PollEvent} from '../../src/oidc/index.js'
import {createPendingLoginStore} from '../../src/profiles/pending-login-store.js'
import {Secret} from '../../src/secret.js'
import {createFolder} from '../../src/storage/folder.js'
import {createMemoryCredentialStore} from '../../src/testing/memory-credential-store.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'
import {fakeOidc, openEnvironments} from './support/fakes.js'

const apiUrl = 'https://api.example.com'
const provider = {discoveryUrl: 'https://id.example.com/.well-known/openid-configuration', clientId: 'cli'}
const authorization = {
  device_code: new Secret('device\ncode'),
  user_code: 'AB-CD',
  verification_uri: 'https://id.example.com/device',
  expires_in: 600,
  interval: 5,
}

describe('a login that another process started', () => {
  const temporary = useTemporaryFolder()
  const open = (poll: OidcClient['pollDeviceToken'] = () => expect.fail('must not poll')) => {
    const folder = createFolder({path: temporary(), warn() {}})
    const store = createMemoryCredentialStore()
    return {
      store,
      environments: openEnvironments(temporary()),
      pendingLogins: createPendingLoginStore(folder, folderName, () => {}),
      storeOf: async () => store,
      connectOidc: async () => fakeOidc({pollDeviceToken: poll, fetchKeysEarly() {}}),
    }
  }
  const started = (ports: ReturnType<typeof open>) =>
    startLogin(ports.pendingLogins, {apiUrl, store: ports.store, provider, authorization, projectId: undefined})
  const resume = (ports: ReturnType<typeof open>, id: string, options: Partial<ResumeLogin> = {}) =>
    resumeLogin(ports, {apiUrl, id, wait: false, again: '--resume ID', onPoll() {}, onEvent() {}, ...options})
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => (error as AuthError).code,
    )

  it('is polled for with its code, at the pace that the process before left', async () => {
    const polled: unknown[] = []
    const ports = open(async ({device_code, expires_in, interval}, {firstPollIn, onEvent} = {}) => {
      polled.push([device_code.reveal(), interval, Math.round(firstPollIn ?? -1), Math.round(expires_in)])
      const event: PollEvent = {type: 'slow_down', secondsLeft: 590, nextPollIn: 30, interval: 10}
      await onEvent?.(event)
      return expect.fail('the event ends the polling')
    })
    const {id} = await started(ports)
    expect(await codeOf(resume(ports, id))).to.equal('LOGIN_PENDING')
    expect(await codeOf(resume(ports, id))).to.equal('LOGIN_PENDING')
    expect(polled).to.deep.equal([
      ['device\ncode', 5, 5, 600],
      ['device\ncode', 10, 30, 600],
    ])
  })

  it('is not waited for longer than five minutes, whatever the clock was set to', async () => {
    let waited: number | undefined
    const ports = open(async (_, {firstPollIn} = {}) => {
      waited = firstPollIn
      throw new AuthError('NETWORK_ERROR', 'Down.')
    })
    const pending = await started(ports)
    await ports.pendingLogins.save(apiUrl, {...pending, next_poll_at: Date.now() + 86_400_000, expires_at: 9e15})
    expect(await codeOf(resume(ports, pending.id))).to.equal('NETWORK_ERROR')
    expect(waited).to.equal(300)
    expect(await ports.pendingLogins.find(apiUrl, pending.id), 'it can be resumed again').to.be.an('object')
  })

  it('is refused while another process is at it, and is not swept meanwhile', async () => {
    const ports = open()
    const {id, ...pending} = await started(ports)
    await ports.pendingLogins.save(apiUrl, {...pending, id, expires_at: 1})
    expect(await ports.pendingLogins.claim(apiUrl, id)).to.be.an('object')
    expect(await codeOf(resume(ports, id))).to.equal('LOGIN_PENDING')
    await sweepPendingLogins(ports, apiUrl, {all: true})
    expect(await ports.pendingLogins.find(apiUrl, id)).to.be.an('object')
  })

  it('stays known, as expired, where its code cannot be deleted', async () => {
    const ports = open()
    const {id, expires_at} = await started(ports)
    const silent = {...ports.store, delete: () => Promise.reject(new AuthError('KEYCHAIN_LOCKED', 'Locked.'))}
    await sweepPendingLogins({...ports, storeOf: async () => silent}, apiUrl, {all: true})
    expect((await ports.pendingLogins.find(apiUrl, id))?.expires_at).to.equal(0)
    expect(expires_at).to.be.greaterThan(Date.now())
    expect(await codeOf(resume(ports, id))).to.equal('LOGIN_EXPIRED')
    expect(await ports.pendingLogins.find(apiUrl, id)).to.equal(undefined)
  })

  it('is not noted where its code could not be kept', async () => {
    const ports = open()
    const full = {...ports.store, set: () => Promise.reject(new AuthError('KEYCHAIN_ERROR', 'Full.'))}
    expect(await codeOf(started({...ports, store: full}))).to.equal('KEYCHAIN_ERROR')
    expect(await ports.pendingLogins.list(apiUrl)).to.deep.equal([])
  })
})
