import {spawnSync} from 'node:child_process'
import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS} from '../../../plugin-auth/test/support/secret-service.js'
import {closeTerminals, terminalReport} from '../../../plugin-auth/test/support/terminal.js'
import {useKeychain} from '../support/keychain-sandbox.js'
import {logIn} from '../support/log-in.js'
import {openCli} from '../support/open-cli.js'
import {ada, grace} from '../support/people.js'
import {prepare, prepareToken} from '../support/prepare.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

interface Printed {
  credential: string
  kind: string
  expires_at: string | null
}

describe('auth print', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
    await prepareToken(sandbox, grace.key)
  })
  afterEach(async () => {
    await closeTerminals()
    sandbox.remove()
    await plane.close()
  })

  const print = (args: string[] = [], env: Record<string, string> = {}) =>
    sandbox.run(['auth', 'print', ...args], {env})

  it('prints the credential alone', async () => {
    const {stdout, stderr, exitCode} = await print()
    expect({stdout, exitCode}).to.deep.equal({stdout: `${grace.key}\n`, exitCode: 0})
    expect(stderr).not.to.contain('llx-')
  })

  it('prints a header that the server takes, and lines that a shell reads back', async () => {
    const [name, value] = (await print(['--format', 'header'])).stdout.trim().split(': ') as [string, string]
    const answer = await fetch(`${plane.url}/api/v1/auth/me`, {headers: {[name]: value}})
    expect(answer.status).to.equal(200)

    const lines = (await print(['--format', 'env'])).stdout
    const script = `eval "$1"; "$2" -p 'JSON.stringify(process.env)'`
    const {stdout} = spawnSync('/bin/sh', ['-c', script, 'sh', lines, process.execPath], {env: {}, encoding: 'utf8'})
    expect(JSON.parse(stdout)).to.include({
      LLAMA_CLOUD_API_KEY: grace.key,
      LLAMA_CLOUD_BASE_URL: plane.url,
      LLAMA_AGENTS_PROJECT_ID: grace.project,
      LLAMA_DEPLOY_PROJECT_ID: grace.project,
    })
  })

  it('prints JSON with what it is and where it belongs, alike with --json and --format json', async () => {
    const {json, stdout} = await print(['--json'])
    expect(json()).to.deep.equal({
      credential: grace.key,
      kind: 'api_key',
      api_url: plane.url,
      project_id: grace.project,
      profile: grace.keyName,
      expires_at: null,
    })
    expect((await print(['--format', 'json'])).stdout).to.equal(stdout)
  })

  it('takes the identity of the flags and variables, as every command', async () => {
    await sandbox.run(['auth', 'token', '--api-key', '-', '--name', 'ada', '--project-id', 'prj-notes'], {
      stdin: ada.key,
    })
    expect((await print(['--profile', grace.keyName])).stdout).to.equal(`${grace.key}\n`)
    const env = {LLAMA_CLOUD_API_KEY: 'llx-of-the-variable', LLAMA_AGENTS_PROJECT_ID: 'prj-flow'}
    expect((await print([], env)).stdout).to.equal('llx-of-the-variable\n')
  })

  it('prints nothing where there is nothing, and exits 4', async () => {
    await sandbox.run(['auth', 'logout', '--all'])
    const {stdout, exitCode} = await print()
    expect({stdout, exitCode}).to.deep.equal({stdout: '', exitCode: 4})
    const noBrowser = await sandbox.run(['auth', 'print', '--access-token', '--json'])
    expect(noBrowser.json<Failure>().error.code).to.equal('NOT_LOGGED_IN')
  })

  it('has no access token of an API key, and says so', async () => {
    const {exitCode, json} = await print(['--access-token', '--json'])
    expect(exitCode).to.equal(2)
    expect(json<Failure>().error.suggestions.join()).to.contain('llamactl auth login')
  })

  it('warns on a terminal, and shows nothing to somebody who does not want it', async () => {
    const terminal = openCli(sandbox, ['auth', 'print'])
    await terminal.waitFor('Show it?')
    expect(terminal.text()).to.contain('shows a secret on your screen')
    terminal.press('enter')
    expect(await terminalReport(terminal)).to.include({exitCode: 130})
    expect(terminal.text()).not.to.contain(grace.key)

    const willing = openCli(sandbox, ['auth', 'print', '--yes'])
    expect(await terminalReport(willing)).to.include({exitCode: 0})
    expect(willing.text()).to.contain(grace.key).and.to.contain('shows a secret on your screen')
  })

  it('is the only command that names a key somebody typed in the wrong place', async () => {
    for (const args of [
      ['token', '--api-key', '-', '--name', ada.key],
      ['rotate', ada.key],
      ['switch', ada.key],
      ['status', '--profile', ada.key],
      ['env', 'switch', `https://${ada.key}`],
    ]) {
      const {stdout, stderr, exitCode} = await sandbox.run(['auth', ...args], {stdin: grace.key})
      expect(exitCode, args.join()).to.be.greaterThan(0)
      expect(stdout + stderr).not.to.contain(ada.key)
    }
  })
})

describe('auth print --access-token', () => {
  requireTools(...SECRET_SERVICE_TOOLS)

  let plane: DevControlPlane
  let sandbox: Sandbox

  useKeychain((started) => ({plane, sandbox} = started))

  it('prints a token of a browser login that the server takes, and the same one while it is good', async () => {
    await logIn(sandbox, plane, {user: grace.email})
    const print = async () => (await sandbox.run(['auth', 'print', '--access-token', '--json'])).json<Printed>()
    const first = await print()
    expect(first).to.include({kind: 'access_token'})
    expect(Date.parse(first.expires_at ?? '') - Date.now()).to.be.within(60_000, 300_000)
    expect((await print()).credential).to.equal(first.credential)
    const headers = {authorization: `Bearer ${first.credential}`}
    const answer = await fetch(`${plane.url}/api/v1/auth/me`, {headers})
    expect(await answer.json()).to.include({email: grace.email})
    expect(plane.requests.filter(({path}) => path.endsWith('/token')).length).to.be.greaterThan(0)
    expect(Object.values(sandbox.files()).join()).not.to.contain(first.credential)
  })
})
