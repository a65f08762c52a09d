import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {statSync} from 'node:fs'
import {join} from 'node:path'
import {logIn} from '../support/log-in.js'
import {ada, grace, linus} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

describe('auth login', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(async () => {
    sandbox.remove()
    await plane.close()
  })

  const keysMadeByLogin = () => plane.apiKeys().filter(({name}) => name.includes('llamactl on'))
  const secretFiles = () => Object.keys(sandbox.files()).filter((name) => /^credentials|profiles/.test(name))

  it('logs in by the device flow, mints a key for this machine, and makes the profile current (login case 1)', async () => {
    const {stdout, stderr, exitCode} = await logIn(sandbox, plane, {user: grace.email})
    expect(exitCode).to.equal(0)
    expect(stdout).to.equal(`Logged in to ${plane.url} as ${grace.email}, project ${grace.project}.\n`)
    expect(stderr).to.contain('Never enter a code that somebody sent you.')
    expect(keysMadeByLogin()).to.have.length(1)
    expect(keysMadeByLogin()[0]?.name).to.match(/^grace@example\.com llamactl on /)
    expect(keysMadeByLogin()[0]?.user).to.equal(grace.email)
  })

  it('prints the profile as the only thing on standard output under --json (login case 1)', async () => {
    const result = await logIn(sandbox, plane, {user: grace.email, args: ['--json']})
    expect(result.json()).to.deep.equal({
      name: grace.email,
      api_url: plane.url,
      project_id: grace.project,
      active: true,
      auth_type: 'oidc',
      credential_store: 'file',
    })
  })

  it('works in the named project, of any organization', async () => {
    const result = await logIn(sandbox, plane, {user: ada.email, args: ['--project-id', ada.otherProject, '--json']})
    expect(result.json()).to.include({project_id: ada.otherProject})
  })

  it('keeps the login without a project where there are several and nobody to ask, and names the command that chooses (login case 52)', async () => {
    const result = await logIn(sandbox, plane, {user: ada.email, args: ['--json']})
    expect(result.exitCode).to.equal(0)
    expect(result.json()).to.include({project_id: null})
    expect(result.stderr).to.contain('llamactl auth project').and.to.contain(ada.projects[0])
  })

  it('keeps the key and the refresh token in the credential store, and no access or ID token anywhere (login case 1)', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    const files = Object.entries(sandbox.files())
    const holders = files.filter(([, text]) => /llx-|refresh_token/.test(text)).map(([name]) => name)
    expect(holders).to.have.length(1)
    expect(holders[0]).to.match(/^credentials\//)
    expect(statSync(join(sandbox.configFolder, holders[0] ?? '')).mode & 0o777).to.equal(0o600)
    expect(files.map(([, text]) => text).join()).not.to.match(/eyJ[\w-]+\.[\w-]+\./)
  })

  it('updates the profile of the same person, takes the newly chosen project, and deletes the earlier key (login case 3)', async () => {
    await logIn(sandbox, plane, {user: ada.email, args: ['--project-id', 'prj-notes']})
    const [first] = keysMadeByLogin()
    const result = await logIn(sandbox, plane, {user: ada.email, args: ['--project-id', 'prj-sandbox', '--json']})
    expect(result.json()).to.include({name: ada.email, project_id: 'prj-sandbox'})
    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.have.length(1)
    expect(keysMadeByLogin()).to.have.length(1)
    expect(keysMadeByLogin()[0]?.id).not.to.equal(first?.id)
    expect(secretFiles().filter((name) => name.startsWith('credentials'))).to.have.length(1)
  })

  it('keeps the profiles of two people apart (login case 4)', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    await logIn(sandbox, plane, {user: ada.email, args: ['--project-id', 'prj-notes']})
    const profiles = (await sandbox.run(['auth', 'list', '--json'])).json<{name: string; active: boolean}[]>()
    expect(profiles.map(({name, active}) => [name, active])).to.deep.equal([
      [ada.email, true],
      [grace.email, false],
    ])
    expect(keysMadeByLogin().map(({user}) => user)).to.have.members([grace.email, ada.email])
    await sandbox.run(['auth', 'switch', grace.email])
    expect((await sandbox.run(['auth', 'project', grace.project])).exitCode, 'the first key still works').to.equal(0)
  })

  for (const [decision, code] of [
    ['deny', 'LOGIN_DENIED'],
    ['cancel', 'LOGIN_DENIED'],
  ] as const) {
    it(`says that the login was denied when the person chooses ${decision}, and keeps nothing (login cases 10, 11)`, async () => {
      const result = await logIn(sandbox, plane, {user: grace.email, decision, args: ['--json']})
      expect(result.exitCode).to.equal(1)
      expect(result.json<Failure>().error.code).to.equal(code)
      expect(keysMadeByLogin()).to.deep.equal([])
      expect(secretFiles()).to.deep.equal([])
    })
  }

  it('counts down in plain lines without a terminal, and draws a QR code without colours (login case 51)', async () => {
    await using hasty = await startDevControlPlane({deviceCodeLifetime: 11})
    await prepare(sandbox, ['auth', 'env', 'add', hasty.url])
    const running = sandbox.start(['auth', 'login', '--qr'], {env: {NO_COLOR: ''}})
    await running.stderrShows(/\n10 seconds left\.\n/)
    running.process.kill('SIGINT')
    const {stderr} = await running.finished
    expect(stderr).to.match(/[▀▄█]{20}/)
    // eslint-disable-next-line no-control-regex
    expect(stderr).not.to.match(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/)
  })

  it('says that the code expired, and how to try again (login case 12)', async () => {
    await using hasty = await startDevControlPlane({deviceCodeLifetime: 2})
    await prepare(sandbox, ['auth', 'env', 'add', hasty.url])
    const result = await sandbox.run(['auth', 'login', '--json'])
    expect(result.exitCode).to.equal(1)
    expect(result.json<Failure>().error).to.deep.include({code: 'LOGIN_EXPIRED'})
    expect(result.json<Failure>().error.suggestions.join()).to.contain('llamactl auth login')
  })

  it('keeps nothing for an account without projects, and leaves no key at the server (login case 78)', async () => {
    const result = await logIn(sandbox, plane, {user: linus.email, args: ['--json']})
    expect(result.exitCode).to.equal(1)
    expect(result.json<Failure>().error.code).to.equal('NO_PROJECTS')
    expect(keysMadeByLogin()).to.deep.equal([])
    expect(secretFiles()).to.deep.equal([])
    expect(plane.requests.filter(({path}) => path.endsWith('/token/revocation'))).to.have.length(1)
  })

  it('keeps nothing where the projects cannot be asked for, and revokes the refresh token (login case 78)', async () => {
    for (const [status, exitCode] of [
      [401, 4],
      [403, 4],
      [500, 1],
    ] as const) {
      plane.faults.add({path: /list-projects/, status, body: {detail: 'Out of llamas'}, times: 3})
      const result = await logIn(sandbox, plane, {user: grace.email, args: ['--json']})
      expect([status, result.exitCode]).to.deep.equal([status, exitCode])
      expect(result.json<Failure>().error.message).to.contain('Out of llamas')
      plane.faults.clear()
    }

    expect(keysMadeByLogin()).to.deep.equal([])
    expect(secretFiles()).to.deep.equal([])
    expect(plane.requests.filter(({path}) => path.endsWith('/token/revocation'))).to.have.length(3)
  })

  it('refuses a project that the person cannot see, before a key is made', async () => {
    const result = await logIn(sandbox, plane, {user: grace.email, args: ['--project-id', 'prj-notes', '--json']})
    expect(result.json<Failure>().error.code).to.equal('PROJECT_NOT_FOUND')
    expect(plane.requests.filter(({method, path}) => method === 'POST' && path === '/api/v1/api-keys')).to.deep.equal(
      [],
    )
  })

  it('keeps the earlier profile working when a new login of the same person fails (login case 79)', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    const before = sandbox.files()
    plane.faults.add({method: 'POST', path: '/api/v1/api-keys', status: 403, body: {detail: 'No more keys'}})
    const result = await logIn(sandbox, plane, {user: grace.email, args: ['--json']})
    expect(result.exitCode).to.equal(4)
    expect(result.json<Failure>().error.message).to.contain('No more keys')
    expect(sandbox.files()).to.deep.equal(before)
    expect((await sandbox.run(['auth', 'project', grace.project])).exitCode).to.equal(0)
  })

  it('says that an environment without browser login has none, and names the command that works (login case 20)', async () => {
    await using keysOnly = await startDevControlPlane({browserLogin: false})
    await sandbox.run(['auth', 'env', 'add', keysOnly.url])
    const result = await sandbox.run(['auth', 'login'])
    expect(result.exitCode).to.equal(1)
    expect(result.stderr).to.contain('(LOGIN_NOT_SUPPORTED)').and.to.contain('OIDC is not configured')
    expect(result.stderr).to.contain('llamactl auth token')
  })

  it('says that an environment without auth needs no login', async () => {
    await using open = await startDevControlPlane({requiresAuth: false})
    await prepare(sandbox, ['auth', 'env', 'add', open.url])
    const result = await sandbox.run(['auth', 'login', '--json'])
    expect(result.exitCode).to.equal(1)
    expect(result.json<Failure>().error.code).to.equal('LOGIN_NOT_SUPPORTED')
  })

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`ends at once with ${exitCode} on ${signal} while it waits, and keeps nothing (login cases 14, 16)`, async () => {
      const running = sandbox.start(['auth', 'login', '--json'])
      await running.stderrShows(/Waiting for your approval/)
      running.process.kill(signal)
      const result = await running.finished
      expect(result.exitCode).to.equal(exitCode)
      expect(result.json<Failure>().error.code).to.equal('CANCELLED')
      expect(secretFiles()).to.deep.equal([])
    })
  }

  it('ends with 130 on SIGINT also while the provider does not answer a poll, and keeps nothing (login case 15)', async () => {
    const hanging = plane.faults.add({method: 'POST', path: '/oidc/token', delay: 600_000})
    const running = sandbox.start(['auth', 'login', '--json'])
    await until(() => hanging.hits > 0)
    running.process.kill('SIGINT')
    const result = await running.finished
    expect(result.exitCode).to.equal(130)
    expect(result.json<Failure>().error.code).to.equal('CANCELLED')
    expect(hanging.hits).to.equal(1)
    expect(secretFiles()).to.deep.equal([])
  })

  it('deletes the key again when it is interrupted while the key is made (login case 18)', async () => {
    plane.faults.add({method: 'POST', path: '/api/v1/api-keys', delay: 1500, after: true})
    const running = sandbox.start(['auth', 'login', '--json'])
    const [, verification_uri, user_code] = await running.stderrShows(/\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/)
    await plane.approve({verification_uri: verification_uri ?? '', user_code: user_code ?? ''}, {user: grace.email})
    await until(() => plane.requests.some(({method, path}) => method === 'GET' && path.includes('list-projects')))
    await until(() => keysMadeByLogin().length > 0)
    running.process.kill('SIGINT')
    const result = await running.finished
    expect(result.exitCode).to.equal(130)
    expect(keysMadeByLogin()).to.deep.equal([])
    expect(secretFiles()).to.deep.equal([])
  })

  it('names the key that it could not delete again (login case 83)', async () => {
    plane.faults.add({method: 'POST', path: '/api/v1/api-keys', delay: 1500, after: true})
    plane.faults.add({method: 'DELETE', path: /^\/api\/v1\/api-keys\//, status: 500, times: 9})
    const running = sandbox.start(['auth', 'login', '--json'])
    const [, verification_uri, user_code] = await running.stderrShows(/\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/)
    await plane.approve({verification_uri: verification_uri ?? '', user_code: user_code ?? ''}, {user: grace.email})
    await until(() => keysMadeByLogin().length > 0)
    running.process.kill('SIGINT')
    const result = await running.finished
    expect(result.stderr).to.contain(keysMadeByLogin()[0]?.id)
  })

  it('names a profile by the e-mail address that userinfo gives, or by the subject where there is none (login cases 7, 8, 9)', async () => {
    for (const [emailIn, name] of [
      ['userinfo', grace.email],
      ['nowhere', 'user-grace'],
    ] as const) {
      await using other = await startDevControlPlane({emailIn, accessTokenFormat: 'opaque'})
      await prepare(sandbox, ['auth', 'env', 'add', other.url])
      const result = await logIn(sandbox, other, {user: grace.email, args: ['--json']})
      expect(result.exitCode, result.stderr).to.equal(0)
      expect(result.json(), emailIn).to.include({name})
    }
  })

  it('opens the page with the code in it, as one argument and without a shell, unless --no-browser (login case 47)', async () => {
    const {chmodSync, readFileSync, writeFileSync, existsSync} = await import('node:fs')
    const script = `${sandbox.folder}/browser`
    const opened = `${sandbox.folder}/opened`
    writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`)
    chmodSync(script, 0o755)
    const first = await logIn(sandbox, plane, {user: grace.email}, {env: {BROWSER: script}})
    expect(first.stderr).to.contain('Your browser has been opened')
    await until(() => existsSync(opened))
    const [count, url] = readFileSync(opened, 'utf8').split('\n')
    expect(count).to.equal('1')
    expect(url).to.match(new RegExp(`^${plane.url}/oidc/device\\?user_code=`))

    const second = await logIn(sandbox, plane, {user: grace.email, args: ['--no-browser']}, {env: {BROWSER: script}})
    expect(second.stderr).to.contain('Open this page in any browser')
  })
})

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries++) {
    if (tries > 500) throw new Error('It never happened')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
