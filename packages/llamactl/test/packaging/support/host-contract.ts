import {expect} from 'chai'
import type {DevControlPlane} from '@llamactl/dev-control-plane'
import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {ada, grace} from '../../support/people.js'
import type {InventedHost} from './invented-host.js'

/** What its author says of every host that keeps the contract; `apiUrl` is the control plane of the suite. */
export const described = (apiUrl: string, topic: string) => ({
  product: 'Acme Cloud',
  apiUrl,
  variablePrefix: 'ACME',
  keyPrefix: 'acme-',
  topic,
})

const COMMANDS = [
  'env:add',
  'env:delete',
  'env:list',
  'env:switch',
  'exec',
  'inject',
  'list',
  'log',
  'login',
  'logout',
  'organizations',
  'print',
  'project',
  'projects',
  'rotate',
  'status',
  'switch',
  'token',
]

/** What holds in every host, whatever oclif it is made of, however its words are divided and the plugin got there. */
export function keepsTheContract(given: () => {host: InventedHost; plane: DevControlPlane}): void {
  let host: InventedHost
  let plane: DevControlPlane

  beforeEach(() => {
    ;({host, plane} = given())
    rmSync(host.configFolder, {recursive: true, force: true})
  })

  const loggedIn = async (): Promise<void> => {
    const {exitCode, stderr} = await host.run('token', ['--api-key', '-'], {stdin: grace.key})
    expect(exitCode, stderr).to.equal(0)
  }
  const namesAnother = (text: string): RegExpMatchArray | null =>
    text
      .replaceAll('@llamactl/plugin-auth', '')
      .replaceAll('min_llamactl_version', '')
      .match(/.*(?:llama|(?<!oclif\.)\bauth[ :](?!error)\w+).*/gi)

  it('has its commands under the topic of the host, and nowhere else', async () => {
    const {stdout} = await host.runRaw(['--help'])
    const [topic = ''] = host.topic.split(':')
    expect(stdout)
      .to.match(new RegExp(`^ {2}${topic} +\\S`, 'm'))
      .and.not.to.match(/^ {2}auth +\S/m)
    expect((await host.runRaw(`auth${host.shape.separator}list`.split(' '))).exitCode).not.to.equal(0)
    expect((await host.runRaw(['help', ...host.typed('list').split(' ')])).stdout).to.contain('List the profiles')
    expect((await host.runRaw(['config'])).exitCode, 'an alias of llamactl').not.to.equal(0)
    expect((await host.run('import', ['--dry-run'])).exitCode, 'what is for llamactl').not.to.equal(0)
  })

  it('explains them by the names of the host, its product and its variables', async () => {
    const texts: string[] = []
    for (const command of COMMANDS) {
      const {stdout, stderr, exitCode} = await host.run(command, ['--help'])
      expect(exitCode, stderr).to.equal(0)
      expect(stdout).to.contain(`$ ${host.shape.bin} ${host.typed(command)}`)
      expect(namesAnother(stdout), command).to.equal(null)
      texts.push(stdout)
    }

    const text = texts.join('\n').replaceAll(/\s+/g, ' ')
    for (const name of ['ACME_API_KEY', 'ACME_BASE_URL', 'ACME_PROJECT_ID', 'Log in to Acme Cloud']) {
      expect(text).to.contain(name)
    }
  })

  it('logs in with a key, in the environment of the host, with its files in its folder', async () => {
    const login = await host.run('token', ['--api-key', '-', '--json'], {stdin: grace.key})
    expect(login.exitCode, login.stderr).to.equal(0)
    expect(login.json()).to.deep.equal({
      name: grace.keyName,
      api_url: plane.url,
      project_id: grace.project,
      active: true,
      auth_type: 'token',
      credential_store: 'file',
    })
    expect(readdirSync(host.configFolder)).to.include.members(['credentials', 'environments'])
    expect(readdirSync(join(host.sandbox.folder, 'config'))).not.to.include('llamactl')
  })

  it('logs in with a code, lists, switches, shows who that is, and logs out', async () => {
    await loggedIn()
    const running = host.start('login', ['--no-browser', '--project-id', ada.projects[0] ?? ''])
    const [, verification_uri = '', user_code = ''] = await running.stderrShows(/\n {4}(http\S+)\n[^]*\n {4}(\S+)\n/)
    await plane.approve({verification_uri, user_code}, {user: ada.email})
    const login = await running.finished
    expect(login.exitCode, login.stderr).to.equal(0)
    expect(login.stdout).to.contain(`as ${ada.email}`)
    expect(login.stderr).to.contain(`Logging in to Acme Cloud, ${plane.url}.`)

    const list = await host.run('list', ['--json'])
    const names = list.json<{name: string; active: boolean}[]>().map(({name, active}) => [name, active])
    expect(names).to.deep.equal([
      [ada.email, true],
      [grace.keyName, false],
    ])
    expect((await host.run('switch', [grace.keyName])).stdout).to.contain(grace.keyName)
    const status = await host.run('status', ['--json'])
    expect(status.exitCode, status.stderr).to.equal(0)
    expect(status.json()).to.nested.include({
      'profile.name': grace.keyName,
      'environment.source': 'default',
      usable: true,
    })

    const project = await host.run('project', [ada.projects[1] ?? '', '--profile', ada.email, '--json'])
    expect(project.json()).to.include({project_id: ada.projects[1], active: false})
    const logout = await host.run('logout', ['--all', '--json'])
    expect(logout.exitCode, logout.stderr).to.equal(0)
    expect(logout.json()).to.have.property('profiles').with.length(2)
    expect((await host.run('list', ['--json'])).json()).to.deep.equal([])
  })

  it('adds, lists, switches and deletes environments', async () => {
    const other = `${plane.url.replace('127.0.0.1', 'localhost')}`
    expect((await host.run('env:add', [other, '--json'])).json()).to.include({api_url: other, active: true})
    expect((await host.run('env:switch', [plane.url])).stdout).to.contain(plane.url)
    const listed = (await host.run('env:list', ['--json'])).json<{api_url: string}[]>().map(({api_url}) => api_url)
    expect(listed).to.deep.equal([plane.url, other])
    expect((await host.run('env:delete', [other, '--json'])).json()).to.include({api_url: other, deleted: true})
  })

  it('fails with the same codes, and names what to type by the names of the host', async () => {
    for (const [command, args, code, exitCode] of [
      ['status', [], undefined, 4],
      ['switch', ['nobody'], 'PROFILE_NOT_FOUND', 1],
      ['project', [], 'NOT_LOGGED_IN', 4],
      ['token', [], 'INPUT_REQUIRED', 2],
      ['list', ['--nonsense'], 'USAGE', 2],
      ['list', ['--environment', 'https://unknown.invalid'], 'ENVIRONMENT_NOT_FOUND', 1],
    ] as [string, string[], string | undefined, number][]) {
      const [text, json] = await Promise.all([host.run(command, args), host.run(command, [...args, '--json'])])
      expect([text.exitCode, json.exitCode], command).to.deep.equal([exitCode, exitCode])
      if (code) expect(json.json()).to.have.nested.property('error.code', code)
      expect(namesAnother(text.stdout + text.stderr + json.stdout)).to.equal(null)
    }

    const {stderr} = await host.run('token', [])
    expect(stderr)
      .to.contain(`${host.shape.bin} ${host.typed('token')} --api-key -`)
      .and.to.contain('ACME_API_KEY')
    expect((await host.run('switch', ['acme-0123456789abcdef'])).stderr).not.to.contain('0123456789abcdef')
  })

  it('reads the variables of its product, hands them on, and reads no others', async () => {
    const foreign = {
      LLAMA_CLOUD_API_KEY: 'llx-canary-of-somebody-else',
      LLAMA_CLOUD_BASE_URL: 'https://foreign.invalid',
      LLAMA_AGENTS_PROJECT_ID: 'prj-foreign',
    }
    const nobody = await host.run('status', ['--json'], {env: foreign})
    expect(nobody.exitCode).to.equal(4)
    expect(nobody.json()).to.nested.include({'environment.api_url': plane.url, 'profile.name': null})

    const env = {...foreign, ACME_API_KEY: grace.key, ACME_PROJECT_ID: grace.project}
    const status = await host.run('status', ['--json'], {env})
    expect(status.json()).to.nested.include({
      'project.from': 'ACME_PROJECT_ID',
      'profile.from': 'ACME_API_KEY',
      usable: true,
    })
    const printed = `console.log(JSON.stringify(Object.entries(process.env).filter(([name]) => /^ACME_(?:API|BASE|PROJ)/.test(name)).sort()))`
    const {stdout} = await host.run('exec', ['--', process.execPath, '-e', printed], {env})
    expect(JSON.parse(stdout)).to.deep.equal([
      ['ACME_API_KEY', grace.key],
      ['ACME_BASE_URL', plane.url],
      ['ACME_PROJECT_ID', grace.project],
    ])
  })
}
