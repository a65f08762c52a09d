import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {readdirSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {machine} from '../../../plugin-auth/src/storage/maker.js'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS, type SecretService} from '../../../plugin-auth/test/support/secret-service.js'
import {startKeychain} from '../support/keychain-sandbox.js'
import {logIn} from '../support/log-in.js'
import {grace} from '../support/people.js'
import {createSandbox, type Failure, type Running, type Sandbox, startProgram} from '../support/sandbox.js'

const ACCESS_TOKEN = fileURLToPath(new URL('../../../plugin-auth/test/fixtures/access-token.mjs', import.meta.url))
const TOKEN = {method: 'POST', path: '/oidc/token'}
const MANY = 8
/** A key may not make keys there: each rotation needs an access token. */
const STRICT = {keysManageKeys: false, algorithm: 'ES256', interval: 0.1} as const

/** What the fixture prints: a hash of the token, or why there is none. */
interface Asked {
  token?: string
  expiresAt?: string
  code?: string
}

describe('the access token of a browser login', () => {
  requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')

  let plane: DevControlPlane
  let keychain: SecretService
  let sandbox: Sandbox
  let started: Awaited<ReturnType<typeof startKeychain>>

  before(async () => {
    started = await startKeychain({...STRICT, accessTokenFormat: 'opaque'})
    ;({plane, keychain, sandbox} = started)
  })
  after(() => started.stop())
  beforeEach(() => logIn(sandbox, plane, {user: grace.email}))

  const ask = (...args: string[]): Running =>
    startProgram(process.execPath, [ACCESS_TOKEN, sandbox.configFolder, plane.url, ...args], {
      env: sandbox.env,
      cwd: sandbox.folder,
    })
  const asked = async (...args: string[]) => (await ask(...args).finished).json<Asked>()
  const run = (command: string, ...args: string[]) => sandbox.run(['auth', command, ...args, '--json'])
  /** How often the provider was asked for tokens since. */
  const refreshesSince = (before: number): number =>
    plane.requests.slice(before).filter(({method, path}) => method === TOKEN.method && path === TOKEN.path).length
  const minted = () => plane.apiKeys().filter(({name}) => name.includes('llamactl on'))
  const credential = () => {
    const [, text = '{}'] = Object.entries(sandbox.files()).find(([name]) => name.includes('/profiles/')) ?? []
    return (JSON.parse(text) as {credential: {service: string; account: string}}).credential
  }
  const entry = () => {
    const {service, account} = credential()
    const {stdout} = spawnSync('secret-tool', ['lookup', 'service', service, 'account', account], {
      env: keychain.env,
      encoding: 'utf8',
    })
    return JSON.parse(stdout) as {api_key: string; refresh_token?: string; access_token?: string}
  }
  const locks = () => readdirSync(join(sandbox.configFolder, 'locks')).filter((name) => name.endsWith('.lock'))

  async function untilAsked(path: string, since: number): Promise<void> {
    while (!plane.requests.slice(since).some((request) => request.path.endsWith(path))) await sleep(10)
  }

  /** As if nobody had touched it for a minute. */
  function backdateLock(): void {
    const minuteAgo = new Date(Date.now() - 60_000)
    for (const name of locks()) utimesSync(join(sandbox.configFolder, 'locks', name), minuteAgo, minuteAgo)
  }

  it(`is got once for ${MANY} processes that rotate at the same time; all succeed, and the login lives (login case 91)`, async () => {
    const before = plane.requests.length
    const results = await Promise.all(Array.from({length: MANY}, () => run('rotate')))
    expect(results.map(({exitCode}) => exitCode)).to.deep.equal(results.map(() => 0))
    expect(refreshesSince(before)).to.equal(1)
    expect(minted()).to.have.length(1)
    expect(await asked('refused')).to.have.all.keys('token', 'expiresAt', 'warnings')
    expect((await run('logout', grace.email)).json()).to.have.nested.property('profiles[0].revoked', true)
    expect([minted(), locks()]).to.deep.equal([[], []])
  })

  it(`is the same for ${MANY} processes that ask at once, in the keychain and in no file (login case 91)`, async () => {
    const before = plane.requests.length
    const answers = await Promise.all(Array.from({length: MANY}, () => asked()))
    expect(new Set(answers.map(({token}) => token)).size, JSON.stringify(answers)).to.equal(1)
    expect(answers[0]?.token).to.match(/^[\da-f]{64}$/)
    expect(refreshesSince(before)).to.equal(1)
    const {access_token, refresh_token} = entry()
    const files = Object.values(sandbox.files()).join()
    for (const secret of [access_token, refresh_token]) {
      expect(secret).to.be.a('string')
      expect(files).not.to.include(secret)
    }

    // Each one that is refused with it gets another, one after the other, and the last one lives.
    const refused = await Promise.all([asked('refused'), asked('refused')])
    for (const {token} of refused) expect(token).not.to.equal(answers[0]?.token)
    expect(await asked()).to.have.property('token')
  })

  it('is got by the next process at once when the one that refreshes is killed (login case 92)', async () => {
    const before = plane.requests.length
    plane.faults.add({...TOKEN, delay: 60_000})
    const killed = ask()
    await untilAsked(TOKEN.path, before)
    killed.process.kill('SIGKILL')
    await killed.finished.catch(() => undefined)
    const started = Date.now()
    expect(await asked()).to.have.property('token')
    expect(Date.now() - started).to.be.lessThan(10_000)
    expect(locks()).to.deep.equal([])
  })

  it('is not asked for, and overwrites nothing, by a process that stood still meanwhile (login case 93)', async () => {
    const before = plane.requests.length
    plane.faults.add({path: '/oidc/.well-known/openid-configuration', delay: 2000})
    const stopped = ask()
    await untilAsked('/openid-configuration', before)
    stopped.process.kill('SIGSTOP')
    backdateLock()
    const next = await asked()
    expect(next).to.have.property('token')
    const {account} = credential()
    stopped.process.kill('SIGCONT')
    expect((await stopped.finished).json<Asked>().token).to.equal(next.token)
    expect([refreshesSince(before), credential().account]).to.deep.equal([1, account])
    expect(await asked('refused')).to.have.property('token')
  })

  it('ends with "log in again" where somebody used a token of before; the API key works (login case 94)', async () => {
    const {refresh_token = ''} = entry()
    await asked()
    await fetch(`${plane.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({grant_type: 'refresh_token', client_id: plane.clientId, refresh_token}),
    })
    expect((await asked('refused')).code).to.equal('CREDENTIAL_REJECTED')
    expect(entry()).to.have.all.keys('api_key')
    const result = await run('rotate')
    expect([result.exitCode, result.json<Failure>().error.code]).to.deep.equal([4, 'CREDENTIAL_REJECTED'])
    expect((await run('project', grace.project)).exitCode).to.equal(0)
  })

  it('is asked for once more where the answer is lost, and a person has to log in where it was given (login case 95)', async () => {
    const before = plane.requests.length
    plane.faults.add({...TOKEN, drop: true})
    expect((await run('rotate')).exitCode).to.equal(0)
    expect(refreshesSince(before)).to.equal(2)
    plane.faults.add({...TOKEN, drop: true, after: true})
    expect((await asked('refused')).code).to.equal('CREDENTIAL_REJECTED')
    expect(entry()).to.have.all.keys('api_key')
  })

  it('is none of a login that is ended while it is refreshed, and the profile is gone', async () => {
    const before = plane.requests.length
    plane.faults.add({...TOKEN, delay: 1000})
    const refreshing = ask()
    await untilAsked(TOKEN.path, before)
    const logout = await run('logout', grace.email)
    expect(logout.json()).to.have.deep.nested.include({'profiles[0].deleted': true, 'profiles[0].revoked': true})
    expect((await refreshing.finished).exitCode).to.equal(0)
    expect((await run('list')).json()).to.deep.equal([])
    expect([minted(), locks(), Object.keys(sandbox.files()).filter((name) => /leftovers/.test(name))]).to.deep.equal([
      [],
      [],
      [],
    ])
    const {stdout} = spawnSync('secret-tool', ['search', '--all', 'service', 'llamactl'], {env: keychain.env})
    expect(stdout.toString()).to.equal('')
  })
})

describe('an access token that the control plane refuses (login case 98)', () => {
  requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')

  let plane: DevControlPlane
  let sandbox: Sandbox
  let started: Awaited<ReturnType<typeof startKeychain>>

  before(async () => {
    started = await startKeychain(STRICT)
    ;({plane, sandbox} = started)
  })
  after(() => started.stop())
  beforeEach(async () => {
    await logIn(sandbox, plane, {user: grace.email})
    expect((await sandbox.run(['auth', 'rotate'])).exitCode).to.equal(0)
  })

  const tokens = () => plane.requests.filter(({method, path}) => method === TOKEN.method && path === TOKEN.path).length

  it('is exchanged once, where the provider signs with another key', async () => {
    const before = tokens()
    await plane.rotateKeys()
    expect((await sandbox.run(['auth', 'rotate'])).exitCode).to.equal(0)
    expect(tokens()).to.equal(before + 1)
    await plane.rotateKeys()
    const logout = await sandbox.run(['auth', 'logout', grace.email, '--json'])
    expect(logout.json()).to.have.nested.property('profiles[0].revoked', true)
  })

  it('ends with "log in again", where the provider has forgotten the login', async () => {
    const port = Number(new URL(plane.url).port)
    await plane.close()
    await using restarted = await startDevControlPlane({...STRICT, port})
    expect(restarted.url).to.equal(plane.url)
    const result = await sandbox.run(['auth', 'rotate', '--json'])
    expect(result.exitCode).to.equal(4)
    const {code, suggestions} = result.json<Failure>().error
    expect([code, suggestions]).to.deep.equal(['CREDENTIAL_REJECTED', ['llamactl auth login  to log in again']])
  })
})

describe('waiting for the turn at a login', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane(STRICT)
    sandbox = createSandbox()
    await sandbox.run(['auth', 'env', 'add', plane.url])
    await logIn(sandbox, plane, {user: grace.email})
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })

  it('says so, and ends at once with Ctrl-C, with everything as it was', async () => {
    const [profile = ''] = Object.keys(sandbox.files()).filter((name) => name.includes('/profiles/'))
    const id = profile.replace(/.*\/|\.json$/g, '')
    writeFileSync(join(sandbox.configFolder, 'locks', `login-${id}.lock`), `${process.pid} ${machine()} of-this-test`)
    const before = sandbox.files()
    await Promise.all(
      [['rotate'], ['logout', grace.email]].map(async (args) => {
        const waiting = sandbox.start(['auth', ...args])
        await waiting.stderrShows(/Another process is at work on the login of grace@example\.com/)
        waiting.process.kill('SIGINT')
        expect((await waiting.finished).exitCode, args[0]).to.equal(130)
      }),
    )
    expect(sandbox.files()).to.deep.equal(before)
    expect(plane.apiKeys().filter(({name}) => name.includes('llamactl on'))).to.have.length(1)
  })
})
