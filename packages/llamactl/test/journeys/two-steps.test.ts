import {readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {ada, grace} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

interface Started {
  verification_uri: string
  verification_uri_complete: string | null
  user_code: string
  expires_at: string
  resume: string
}

describe('auth login in two steps', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
  })
  after(() => plane.close())
  beforeEach(async () => {
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(() => sandbox.remove())

  const start = async (...args: string[]): Promise<Started> => {
    const result = await sandbox.run(['auth', 'login', '--start', '--json', ...args])
    expect(result.exitCode, result.stdout + result.stderr).to.equal(0)
    return result.json<Started>()
  }
  const resume = (id: string, ...args: string[]) => sandbox.run(['auth', 'login', '--resume', id, '--json', ...args])
  const approve = ({user_code, verification_uri}: Started, user = grace.email) =>
    plane.approve({user_code, verification_uri}, {user})
  const codeOf = ({exitCode, json}: Awaited<ReturnType<typeof resume>>) => [exitCode, json<Failure>().error.code]
  const filesOf = (pattern: RegExp) => Object.keys(sandbox.files()).filter((name) => pattern.test(name))
  const pendingFile = (id: string) => {
    const [name = ''] = filesOf(new RegExp(`pending-logins/${id}`))
    return join(sandbox.configFolder, name)
  }
  const change = (id: string, fields: object): void => {
    const document = JSON.parse(readFileSync(pendingFile(id), 'utf8')) as object
    writeFileSync(pendingFile(id), JSON.stringify({...document, ...fields}))
  }

  it('shows the page and the code and ends; exits with 3 while nobody has approved; then finishes, once', async () => {
    const started = await start()
    expect(Object.keys(started)).to.deep.equal([
      'verification_uri',
      'verification_uri_complete',
      'user_code',
      'expires_at',
      'resume',
    ])
    expect(new URL(started.verification_uri_complete ?? '').searchParams.get('user_code')).to.equal(started.user_code)
    const secondsLeft = (Date.parse(started.expires_at) - Date.now()) / 1000
    expect(secondsLeft).to.be.within(1, 600)

    const early = await resume(started.resume)
    expect(codeOf(early)).to.deep.equal([3, 'LOGIN_PENDING'])
    expect(early.json<Failure>().error.suggestions.join()).to.contain(`llamactl auth login --resume ${started.resume}`)

    await approve(started)
    const done = await resume(started.resume)
    expect(done.exitCode, done.stdout).to.equal(0)
    expect(done.json()).to.deep.equal({
      name: grace.email,
      api_url: plane.url,
      project_id: grace.project,
      active: true,
      auth_type: 'oidc',
      credential_store: 'file',
    })
    expect(filesOf(/pending-logins/)).to.deep.equal([])
    expect(filesOf(/^credentials\//), 'the device code is gone, the key is there').to.have.length(1)

    expect(codeOf(await resume(started.resume))).to.deep.equal([1, 'LOGIN_NOT_FOUND'])
    const project = await sandbox.run(['auth', 'project', '--json'])
    expect(project.exitCode, 'the key still works').to.equal(0)
  })

  it('keeps the device code in the credential store only, and every file for this user only', async () => {
    const {resume: id} = await start()
    const [name = '', ...others] = filesOf(/^credentials\//)
    expect(others).to.deep.equal([])
    const {secret} = JSON.parse(sandbox.files()[name] ?? '') as {secret: string}
    const {device_code} = JSON.parse(secret) as {device_code: string}
    const holders = Object.entries(sandbox.files()).filter(([, text]) => text.includes(device_code))
    expect(holders.map(([file]) => file)).to.deep.equal([name])
    expect(statSync(pendingFile(id)).mode & 0o777).to.equal(0o600)
    for (const entry of readdirSync(sandbox.configFolder, {recursive: true, encoding: 'utf8'})) {
      const status = statSync(join(sandbox.configFolder, entry))
      expect(status.mode & 0o777, entry).to.equal(status.isDirectory() ? 0o700 : 0o600)
    }
  })

  it('names, in text, the page, the code and the command that finishes; opens no browser', async () => {
    const {stdout, stderr} = await sandbox.run(['auth', 'login', '--start'], {env: {BROWSER: 'false'}})
    expect(stdout).to.match(
      /\n {4}http\S+\/device\n[^]*\n {4}\S+-\S+\n[^]*\n {4}llamactl auth login --resume [\da-f-]+\n$/,
    )
    expect(stdout).not.to.contain('has been opened')
    expect(stderr).to.equal('')
  })

  it('waits with --wait until a person has decided, and works in the project that was named at the start', async () => {
    const started = await start('--project-id', ada.otherProject)
    const waiting = sandbox.start(['auth', 'login', '--resume', started.resume, '--wait', '--json'])
    await waiting.stderrShows(/Waiting for your approval/)
    await approve(started, ada.email)
    expect((await waiting.finished).json()).to.include({name: ada.email, project_id: ada.otherProject})
  })

  it('is finished by one of two processes that resume it at the same time, and makes one key', async () => {
    const started = await start()
    await approve(started)
    const keys = () => plane.apiKeys().filter(({name}) => name.includes('llamactl on')).length
    const before = keys()
    const both = await Promise.all([resume(started.resume), resume(started.resume)])
    const losers = both.filter(({exitCode}) => exitCode !== 0).map(codeOf)
    expect(losers).to.have.length(1)
    expect(losers[0]?.[1]).to.be.oneOf(['LOGIN_PENDING', 'LOGIN_NOT_FOUND'])
    expect(keys()).to.equal(before + 1)
    expect((await sandbox.run(['auth', 'project', '--json'])).exitCode).to.equal(0)
  })

  it('can be resumed again after a kill, a cancel, or a server that does not answer', async () => {
    const started = await start()
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const waiting = sandbox.start(['auth', 'login', '--resume', started.resume, '--wait'])
      await waiting.stderrShows(/Waiting for your approval/)
      waiting.process.kill(signal)
      await waiting.finished
    }

    plane.faults.add({path: /openid-configuration/, status: 404})
    expect((await resume(started.resume)).exitCode).to.equal(1)
    plane.faults.add({path: /\/token$/, status: 503})
    const unwell = await resume(started.resume)
    expect(codeOf(unwell)).to.deep.equal([3, 'LOGIN_PENDING'])
    expect(unwell.json<Failure>().error.message).to.contain('503')
    await approve(started)
    expect((await resume(started.resume)).exitCode).to.equal(0)
  })

  it('keeps the pace of the provider for the next process, slow_down too (login case 54)', async () => {
    const started = await start()
    plane.faults.add({path: /\/token$/, status: 400, body: {error: 'slow_down'}})
    expect(codeOf(await resume(started.resume))).to.deep.equal([3, 'LOGIN_PENDING'])
    const {interval, next_poll_at} = JSON.parse(readFileSync(pendingFile(started.resume), 'utf8')) as {
      interval: number
      next_poll_at: number
    }
    expect(interval).to.equal(6)
    expect(next_poll_at).to.be.greaterThan(Date.parse(started.expires_at) - 600_000 + 6000)
  })

  it('says that the answer was lost where it broke off after the code was spent (login case 63)', async () => {
    const started = await start()
    await approve(started)
    plane.faults.add({method: 'POST', path: /\/token$/, after: true, truncate: true})
    const result = await resume(started.resume, '--wait')
    expect(codeOf(result)).to.deep.equal([1, 'LOGIN_FAILED'])
    expect(result.stderr).to.contain('Trying again in 2 s.')
    expect(result.json<Failure>().error.message).to.contain('approved, but the answer was lost')
    expect(result.json<Failure>().error.suggestions.join()).to.contain('llamactl auth login')
  })

  it('says that it was denied, and forgets it', async () => {
    const started = await start()
    await plane.approve(started.verification_uri_complete ?? '', {user: grace.email, decision: 'deny'})
    expect(codeOf(await resume(started.resume))).to.deep.equal([1, 'LOGIN_DENIED'])
    expect(filesOf(/pending-logins|credentials/)).to.deep.equal([])
  })

  it('says that it expired, and forgets it; whatever expired unseen goes at the next login', async () => {
    const [first, second] = [await start(), await start()]
    for (const {resume: id} of [first, second]) change(id, {expires_at: Date.now() - 1000})
    expect(codeOf(await resume(first.resume))).to.deep.equal([1, 'LOGIN_EXPIRED'])
    expect(filesOf(/pending-logins|credentials/)).to.have.length(2)
    const {resume: third} = await start()
    expect(filesOf(/pending-logins/).join())
      .to.contain(third)
      .and.not.to.contain(second.resume)
    expect(filesOf(/credentials/)).to.have.length(1)
  })

  it('is forgotten with its environment, and by logout --all', async () => {
    await start()
    expect((await sandbox.run(['auth', 'logout', '--all'])).exitCode).to.equal(0)
    expect(filesOf(/pending-logins|credentials/)).to.deep.equal([])
    await start()
    expect((await sandbox.run(['auth', 'env', 'delete', plane.url])).exitCode).to.equal(0)
    expect(filesOf(/./)).to.deep.equal([])
  })

  it('belongs to its environment, and says which that is', async () => {
    const {resume: id} = await start()
    const other = plane.url.replace('127.0.0.1', 'localhost')
    await sandbox.run(['auth', 'env', 'add', other])
    const result = await resume(id)
    expect(codeOf(result)).to.deep.equal([1, 'LOGIN_NOT_FOUND'])
    expect(result.json<Failure>().error.suggestions).to.deep.equal([
      `llamactl auth login --resume ${id} --environment ${plane.url}`,
    ])
    const there = await resume(id, '--environment', plane.url)
    expect(there.json<Failure>().error.suggestions[0]).to.contain(`--environment ${plane.url}`)
  })

  it('refuses an ID that is none, a damaged file and a code that is gone, each with a way out', async () => {
    for (const id of ['none', '../../current-environment', '\u001B[31m']) {
      const result = await resume(id)
      expect(codeOf(result)).to.deep.equal([1, 'LOGIN_NOT_FOUND'])
      expect(result.stdout).not.to.contain('\\u001b')
    }

    const damaged = await start()
    change(damaged.resume, {credential: {store: 'file', engine: 'plain', service: 'llamactl', account: 'of-a-profile'}})
    const refused = await resume(damaged.resume)
    expect(codeOf(refused)).to.deep.equal([1, 'STORAGE_ERROR'])
    expect(refused.json<Failure>().error.message).to.contain(damaged.resume)

    const gone = await start()
    rmSync(join(sandbox.configFolder, 'credentials', `${gone.resume}.json`))
    expect(codeOf(await resume(gone.resume))).to.deep.equal([4, 'CREDENTIAL_MISSING'])
    expect(filesOf(new RegExp(gone.resume)).filter((name) => name.includes('pending'))).to.deep.equal([])
  })

  it('has flags that go together only where they mean something', async () => {
    for (const args of [['--start', '--resume', 'x'], ['--wait'], ['--resume', 'x', '--insecure-storage']]) {
      expect((await sandbox.run(['auth', 'login', ...args])).exitCode, args.join(' ')).to.equal(2)
    }
  })
})
