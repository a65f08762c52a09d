import {expect} from 'chai'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {createSandbox, type Sandbox} from '../support/sandbox.js'

const COMMANDS = [
  'auth list',
  'auth log',
  'auth inject',
  'auth print',
  'auth login',
  'auth logout',
  'auth project',
  'auth switch',
  'auth token',
  'auth env add',
  'auth env delete',
  'auth env list',
  'auth env switch',
]

describe('the host', () => {
  let sandbox: Sandbox

  beforeEach(() => {
    sandbox = createSandbox()
  })
  afterEach(() => sandbox.remove())

  it('tells its version', async () => {
    const {stdout, exitCode} = await sandbox.run(['--version'])
    expect(stdout).to.match(/^llamactl\/\d+\.\d+\.\d+ \S+ node-v\d+/)
    expect(exitCode).to.equal(0)
  })

  it('lists its topics, and the commands of a topic', async () => {
    expect((await sandbox.run(['--help'])).stdout).to.match(/^ {2}auth +\S/m)
    const {stdout} = await sandbox.run(['help', 'auth'])
    for (const command of COMMANDS.slice(0, 6)) expect(stdout).to.contain(command)
  })

  for (const command of COMMANDS) {
    it(`explains \`${command}\` with an example that begins with its own name`, async () => {
      const {stdout, exitCode} = await sandbox.run([...command.split(' '), '--help'])
      expect(exitCode).to.equal(0)
      expect(stdout).to.contain('EXAMPLES').and.to.contain(`$ llamactl ${command}`)
      expect(stdout).to.contain('--environment=URL').and.to.contain('--json')
    })
  }

  it('says what was probably meant, and exits 2', async () => {
    const {stdout, stderr, exitCode} = await sandbox.run(['auth', 'lgoin'])
    expect({stdout, exitCode}).to.deep.equal({stdout: '', exitCode: 2})
    expect(stderr).to.contain('auth lgoin is not a command').and.to.contain('Did you mean: llamactl auth login')
  })

  it('colours JSON as a theme of the person says, and only then', async () => {
    const coloured = {FORCE_COLOR: '1', NO_COLOR: ''}
    const plain = await sandbox.run(['auth', 'env', 'list', '--json'], {env: coloured})
    expect(plain.stdout).to.equal(`${JSON.stringify(plain.json(), undefined, 2)}\n`)

    mkdirSync(sandbox.configFolder, {recursive: true, mode: 0o700})
    writeFileSync(join(sandbox.configFolder, 'theme.json'), '{"json": {"key": "red"}}')
    const {stdout} = await sandbox.run(['auth', 'env', 'list', '--json'], {env: coloured})
    expect(stdout).to.contain('\u001B[31m"api_url"\u001B[39m')
    expect(stripVTControlCharacters(stdout)).to.equal(plain.stdout)
  })

  it('says so in JSON when asked for JSON', async () => {
    const result = await sandbox.run(['auth', 'lgoin', '--json'])
    expect(result.exitCode).to.equal(2)
    expect(result.json()).to.have.nested.property('error.code', 'USAGE')
  })

  it('does not repeat what follows a command: it may be a key', async () => {
    const {stderr, exitCode} = await sandbox.run(['auth', 'token', 'llx-given-as-an-argument'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.contain('auth token takes no such argument').and.not.to.contain('given-as')
  })

  it('guesses nothing for a word that resembles no command', async () => {
    expect((await sandbox.run(['xyzzyxyzzyxyzzyxyzzy'])).stderr).not.to.contain('Did you mean')
  })

  for (const args of [
    ['auth', 'list', '--nonsense'],
    ['auth', 'import', 'surplus'],
    ['auth', 'token', '--name'],
  ]) {
    it(`exits 2 for \`${args.join(' ')}\`, in text and JSON alike`, async () => {
      const text = await sandbox.run(args)
      expect({stdout: text.stdout, exitCode: text.exitCode}).to.deep.equal({stdout: '', exitCode: 2})
      expect(text.stderr).to.match(/^Error: .*\(USAGE\)\n/)
      const json = await sandbox.run([...args.slice(0, 2), '--json', ...args.slice(2)])
      expect(json.exitCode).to.equal(2)
      expect(json.json()).to.have.nested.property('error.code', 'USAGE')
      expect(json.stderr).to.equal('')
    })
  }

  it('brings auth, completion, help and plugins, and nothing of its own', async () => {
    const {stdout} = await sandbox.run(['plugins', '--core'])
    expect(stdout.match(/^\S+/gm)).to.deep.equal(['@oclif/plugin-help', '@oclif/plugin-plugins', 'auth', 'completion'])
  })

  it('says that a credential store nobody knows cannot be used, before it asks for a key', async () => {
    const {stderr, exitCode} = await sandbox.run(['auth', 'token'], {env: {LLAMACTL_CREDENTIAL_STORE: 'vault'}})
    expect(exitCode).to.equal(2)
    expect(stderr).to.contain('LLAMACTL_CREDENTIAL_STORE').and.to.contain('keychain')
  })

  it('knows -h as --help', async () => {
    expect((await sandbox.run(['auth', 'login', '-h'])).stdout).to.contain('USAGE')
    expect((await sandbox.run(['-h'])).stdout).to.contain('TOPICS')
  })

  it('runs from a folder with a space and a percent sign in its name', async () => {
    const {cpSync, mkdirSync, symlinkSync} = await import('node:fs')
    const {spawnSync} = await import('node:child_process')
    const {CLI} = await import('../support/sandbox.js')
    const {dirname, join} = await import('node:path')
    const home = dirname(dirname(CLI))
    const copy = join(sandbox.folder, 'a folder with 100%', 'llamactl')
    mkdirSync(copy, {recursive: true})
    for (const name of ['bin', 'bundle', 'package.json']) cpSync(join(home, name), join(copy, name), {recursive: true})
    symlinkSync(join(home, '..', '..', 'node_modules'), join(copy, '..', 'node_modules'))
    const {stdout, stderr} = spawnSync(process.execPath, [join(copy, 'bin', 'run.cjs'), 'auth', 'env', 'list'], {
      env: sandbox.env,
      encoding: 'utf8',
    })
    expect(stderr).to.equal('')
    expect(stdout).to.contain('https://api.cloud.llamaindex.ai')
  })

  it('survives a reader that goes away', async () => {
    const {spawnSync} = await import('node:child_process')
    const {CLI} = await import('../support/sandbox.js')
    const {stderr} = spawnSync('sh', ['-c', `"${process.execPath}" "${CLI}" auth env list | true`], {
      env: sandbox.env,
      encoding: 'utf8',
    })
    expect(stderr).to.equal('')
  })
})
