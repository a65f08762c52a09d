import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {closeTerminals} from '../../../plugin-auth/test/support/terminal.js'
import {logIn} from '../support/log-in.js'
import {openCli} from '../support/open-cli.js'
import {ada, grace} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Sandbox} from '../support/sandbox.js'

const VERSION = '/api/v1beta1/deployments-public/version'
const PROJECTS = '/api/v1beta1/deployments/list-projects'
const SLOW = 1200

describe('a command that takes longer than half a second', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(async () => {
    plane = await startDevControlPlane({emailIn: 'nowhere'})
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  afterEach(async () => {
    await closeTerminals()
    sandbox.remove()
    await plane.close()
  })

  const slow = (path: string | RegExp, method = 'GET'): unknown => plane.faults.add({method, path, delay: SLOW})
  const token = (key: string) => sandbox.run(['auth', 'token', '--api-key', '-', '--json'], {stdin: key})

  for (const args of [
    ['auth', 'env', 'add'],
    ['auth', 'env', 'switch'],
  ]) {
    it(`says what it waits for, on standard error alone: ${args.join(' ')}`, async () => {
      slow(VERSION)
      const {stderr, json} = await sandbox.run([...args, plane.url, '--json'])
      expect(stderr).to.contain(`Asking ${plane.url} …\n`)
      expect(json()).to.include({api_url: plane.url})
    })
  }

  it('says so on a terminal too', async () => {
    slow(VERSION)
    const terminal = openCli(sandbox, ['auth', 'env', 'add', plane.url])
    await terminal.waitFor(`Asking ${plane.url}`)
    await terminal.waitFor('Added')
  })

  it('says it for each step of a login, and of a logout', async () => {
    slow('/api/v1/auth/oidc/discovery')
    slow(/^\/oidc\/device\/auth/, 'POST')
    slow(PROJECTS)
    slow('/api/v1/auth/me')
    slow('/api/v1/api-keys', 'POST')
    const login = await logIn(sandbox, plane, {user: grace.email, args: ['--json']})
    for (const step of [
      `Asking ${plane.url} how to log in`,
      'Asking for a code',
      'Waiting for your approval',
      'Asking for your projects',
      'Asking who you are',
      'Making an API key for this computer',
    ])
      expect(login.stderr).to.contain(`${step} …\n`)
    const {name} = login.json<{name: string}>()

    slow(/^\/api\/v1\/api-keys\//, 'DELETE')
    const logout = await sandbox.run(['auth', 'logout', name, '--json'])
    expect(logout.stderr).to.equal(`Logging out ${name} …\n`)
    expect(logout.json()).to.have.nested.property('profiles[0].name', name)
  })

  it('says it while it checks a key, and while it asks for projects', async () => {
    slow(PROJECTS)
    expect((await token(grace.key)).stderr).to.equal('Checking the key …\n')
    slow(PROJECTS)
    const {stderr} = await sandbox.run(['auth', 'project', grace.project, '--json'])
    expect(stderr).to.equal('Asking for your projects …\n')
  })

  it('says that it waits for standard input', async () => {
    const {stderr, exitCode} = await sandbox.run(
      ['auth', 'token', '--api-key', '-', '--project-id', ada.otherProject],
      {
        stdin: ada.key,
        through: ['sh', '-c', '(sleep 2; cat) | exec "$@"', 'sh'],
      },
    )
    expect(stderr).to.equal('Waiting for the key on standard input …\n')
    expect(exitCode).to.equal(0)
  })
})
