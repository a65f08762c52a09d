import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {logIn} from '../support/log-in.js'
import {ada, grace, linus} from '../support/people.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

interface Line {
  time: string
  command: string
  api_url: string | null
  profile: string | null
  result: string
}

describe('auth log', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane({interval: 0.2})
  })
  after(() => plane.close())
  beforeEach(async () => {
    sandbox = createSandbox()
    await sandbox.run(['auth', 'env', 'add', plane.url])
  })
  afterEach(() => sandbox.remove())

  const path = () => join(sandbox.configFolder, 'audit.log')
  const lines = async (...args: string[]) => (await sandbox.run(['auth', 'log', '--json', ...args])).json<Line[]>()
  const token = (key: string, ...args: string[]) =>
    sandbox.run(['auth', 'token', '--api-key', '-', '--json', ...args], {stdin: key})

  it('shows each login, switch, rotation and logout with its profile, and those that failed with their code', async () => {
    await token(grace.key)
    await logIn(sandbox, plane, {user: ada.email, args: ['--project-id', 'prj-notes']})
    await token(linus.key)
    await token('llx-nobody-has-this-key')
    await sandbox.run(['auth', 'switch', grace.keyName])
    await sandbox.run(['auth', 'switch', 'nobody'])
    await sandbox.run(['auth', 'rotate', ada.email])
    await sandbox.run(['auth', 'logout', '--all'])
    await sandbox.run(['auth', 'logout'])

    const told = await lines()
    expect(told.map(({command, profile, result}) => [command, profile, result])).to.deep.equal([
      ['auth token', grace.keyName, 'done'],
      ['auth login', ada.email, 'done'],
      ['auth token', null, 'NO_PROJECTS'],
      ['auth token', null, 'CREDENTIAL_REJECTED'],
      ['auth switch', grace.keyName, 'done'],
      ['auth switch', null, 'PROFILE_NOT_FOUND'],
      ['auth rotate', ada.email, 'done'],
      ['auth logout', ada.email, 'done'],
      ['auth logout', grace.keyName, 'done'],
      ['auth logout', null, 'NOT_LOGGED_IN'],
    ])
    expect(new Set(told.map(({api_url}) => api_url))).to.deep.equal(new Set([plane.url]))
    expect(told.map(({time}) => time)).to.deep.equal(told.map(({time}) => time).sort())

    const text = (await sandbox.run(['auth', 'log', '--limit', '2'])).stdout
    expect(text).to.match(/^TIME +COMMAND +PROFILE +ENVIRONMENT +RESULT\n/)
    expect(text.trim().split('\n')).to.have.length(3)
    expect(text).to.match(/auth logout +llx-de\*\*\*\*9ce2 .*done\n.*auth logout +- .*NOT_LOGGED_IN\n$/)
  })

  it('holds no secret, whatever was typed where', async () => {
    await token(grace.key)
    await sandbox.run(['auth', 'switch', ada.key])
    await sandbox.run(['auth', 'logout', ada.key])
    await token('llx-nobody-has-this-key')
    expect(readFileSync(path(), 'utf8')).not.to.match(/llx-[\w-]{12,}/)
    expect(statSync(path()).mode & 0o777).to.equal(0o600)
  })

  it('has nothing of commands that only look, nor of one that waits for a person', async () => {
    await token(grace.key)
    const before = readFileSync(path(), 'utf8')
    await sandbox.run(['auth', 'list'])
    await sandbox.run(['auth', 'env', 'list'])
    await sandbox.run(['auth', 'import', '--dry-run'])
    const started = (await sandbox.run(['auth', 'login', '--start', '--json'])).json<{resume: string}>()
    expect((await sandbox.run(['auth', 'login', '--resume', started.resume, '--json'])).exitCode).to.equal(3)
    const after = readFileSync(path(), 'utf8')
    expect(after.replace(before, '')).to.match(/^({[^\n]*"auth:import"[^\n]*NOTHING_TO_IMPORT[^\n]*}\n)?$/)
  })

  it('is of one environment where --environment names one, and of all otherwise', async () => {
    await token(grace.key)
    const other = plane.url.replace('127.0.0.1', 'localhost')
    await sandbox.run(['auth', 'env', 'add', other])
    await token(ada.key, '--project-id', 'prj-notes')
    expect(await lines()).to.have.length(2)
    expect((await lines('--environment', plane.url)).map(({profile}) => profile)).to.deep.equal([grace.keyName])
    await sandbox.run(['auth', 'env', 'delete', other])
    expect((await lines()).at(-1)).to.include({command: 'auth env delete', profile: ada.keyName, api_url: other})
  })

  it('is off with LLAMACTL_AUDIT_LOG=off, and then says so', async () => {
    const off = {env: {LLAMACTL_AUDIT_LOG: 'OFF'}}
    expect((await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key, ...off})).exitCode).to.equal(0)
    expect(() => statSync(path())).to.throw('ENOENT')
    const {stdout, stderr} = await sandbox.run(['auth', 'log'], off)
    expect(stdout).to.equal('')
    expect(stderr).to.contain('LLAMACTL_AUDIT_LOG is off')
    expect((await sandbox.run(['auth', 'log'])).stderr).to.contain('Nothing has been recorded yet.')
  })

  it('refuses another value of that variable before anything is done', async () => {
    await token(grace.key)
    const {exitCode, stderr} = await sandbox.run(['auth', 'logout', '--all'], {env: {LLAMACTL_AUDIT_LOG: 'never'}})
    expect(exitCode).to.equal(2)
    expect(stderr).to.contain('LLAMACTL_AUDIT_LOG is never; it can be on or off.')
    expect((await sandbox.run(['auth', 'list', '--json'])).json<unknown[]>()).to.have.length(1)
  })

  it('keeps no command from its work when it cannot be written, which is said once', async () => {
    mkdirSync(path())
    const {exitCode, stderr, stdout} = await token(grace.key)
    expect(exitCode, stderr).to.equal(0)
    expect(JSON.parse(stdout)).to.include({name: grace.keyName})
    expect(stderr.match(/Warning: .*audit\.log/g)).to.have.length(1)
    const failed = await sandbox.run(['auth', 'log', '--json'])
    expect(failed.json<Failure>().error.code).to.equal('STORAGE_ERROR')
  })

  it('passes over lines that are damaged', async () => {
    await token(grace.key)
    writeFileSync(path(), `{"time":"2026\n\u0000\n[]\n${readFileSync(path(), 'utf8')}{"ti`, {mode: 0o600})
    await sandbox.run(['auth', 'switch', grace.keyName])
    expect((await lines()).map(({command}) => command)).to.deep.equal(['auth token', 'auth switch'])
  })
})
