import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {aHelperOf, noHelperLeft} from '../../../../plugin-auth/test/support/helper-processes.js'
import {requireThat, requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS, type SecretService} from '../../../../plugin-auth/test/support/secret-service.js'
import {useKeychain} from '../../support/keychain-sandbox.js'
import {grace} from '../../support/people.js'
import {CLI, type Failure, type RunOptions, type Sandbox} from '../../support/sandbox.js'

describe('an entry of the keychain', () => {
  requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')
  let keychain: SecretService
  let sandbox: Sandbox

  useKeychain((started) => ({keychain, sandbox} = started))
  beforeEach(async () => {
    const {exitCode, stderr} = await token()
    expect(exitCode, stderr).to.equal(0)
  })

  const token = () => sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
  const project = (options: RunOptions = {}) => sandbox.run(['auth', 'project', grace.project, '--json'], options)
  const profilePath = (): string => {
    const [name] = Object.keys(sandbox.files()).filter((name) => name.includes('/profiles/'))
    return join(sandbox.configFolder, name ?? '')
  }
  const secretTool = (...args: string[]) => spawnSync('secret-tool', args, {env: keychain.env, encoding: 'utf8'}).stdout

  it('that somebody removed is missing, and the same key repairs it (case 58)', async () => {
    secretTool('clear', 'service', 'llamactl')
    const result = await project()
    expect(result.exitCode).to.equal(4)
    const {error} = result.json<Failure>()
    expect(error.code).to.equal('CREDENTIAL_MISSING')
    expect(error.suggestions.join()).to.contain('llamactl auth token')
    expect((await token()).exitCode).to.equal(0)
    expect((await project()).exitCode).to.equal(0)
    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.have.length(1)
  })

  it('that somebody removed does not keep its profile from being logged out', async () => {
    secretTool('clear', 'service', 'llamactl')
    expect((await sandbox.run(['auth', 'logout', grace.keyName])).exitCode).to.equal(0)
    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.deep.equal([])
  })

  it('that somebody filled with something else is not ours', async () => {
    const {account} = (JSON.parse(readFileSync(profilePath(), 'utf8')) as {credential: {account: string}}).credential
    spawnSync('secret-tool', ['store', '--label=x', 'service', 'llamactl', 'account', account], {
      env: keychain.env,
      input: 'llx-canary-of-somebody',
    })
    const result = await project()
    expect([result.exitCode, result.json<Failure>().error.code]).to.deep.equal([4, 'CREDENTIAL_MISSING'])
    expect(result.stdout + result.stderr).not.to.contain('canary')
  })

  it('whose metadata is gone counts as logged out, and a new login works (case 59)', async () => {
    rmSync(profilePath())
    expect((await sandbox.run(['auth', 'list', '--json'])).json()).to.deep.equal([])
    expect((await token()).exitCode).to.equal(0)
    expect((await project()).exitCode).to.equal(0)
  })

  async function expectRescue(options: RunOptions): Promise<void> {
    const result = await project(options)
    const {error} = result.json<Failure>()
    expect([result.exitCode, error.code]).to.deep.equal([5, 'KEYCHAIN_UNAVAILABLE'])
    const [, command = ''] = /`(secret-tool [^`]+)`/.exec(error.suggestions.join('\n')) ?? []
    const {stdout} = spawnSync('sh', ['-c', command], {env: keychain.env, encoding: 'utf8'})
    expect(JSON.parse(stdout)).to.deep.equal({api_key: grace.key})
    expect((await project()).exitCode).to.equal(0)
  }

  it('is printed by the command that is suggested when libsecret is missing (case 36)', async () => {
    const libraries = join(keychain.home, 'libraries')
    mkdirSync(libraries)
    writeFileSync(join(libraries, 'libsecret-1.so.0'), '')
    await expectRescue({env: {LD_LIBRARY_PATH: libraries}})
  })

  describe('that keytar wrote', () => {
    requireTools('unshare', 'mount')
    requireThat(process.getuid?.() === 0, 'needs root')

    it('is printed by the command that is suggested when an upgrade left keytar without its binary (case 37)', async () => {
      const hidden = 'mount -t tmpfs none "$1" && shift && exec "$@"'
      const through = ['unshare', '--mount', 'sh', '-c', hidden, 'sh', prebuilds]
      await expectRescue({through})
    })
  })

  it('is still there after Ctrl-C at a keychain that stands still, and no process is (case 16)', async () => {
    keychain.freeze()
    const running = sandbox.start(['auth', 'project', grace.project])
    await aHelperOf(sandbox.env)
    const begun = Date.now()
    running.process.kill('SIGINT')
    expect((await running.finished).exitCode).to.equal(130)
    expect(Date.now() - begun).to.be.lessThan(1000)
    await noHelperLeft(sandbox.env)
  })

  it('is nowhere else: not in output, files, command lines or environments (case 61)', async () => {
    const env = {DEBUG: '*', LLAMACTL_KEYCHAIN_TIMEOUT: '1'}
    const output = []
    for (const args of [['list'], ['project', grace.project], ['list', '--json'], ['logout', grace.keyName]]) {
      const {stdout, stderr} = await sandbox.run(['auth', ...args], {env})
      output.push(stdout, stderr)
    }

    keychain.freeze()
    const running = sandbox.start(['auth', 'token', '--api-key', '-', '--json'], {stdin: grace.key, env})
    const helper = await aHelperOf(sandbox.env)
    const {stdout, stderr} = await running.finished
    output.push(helper.arguments, helper.environment, stdout, stderr)
    expect(output.join('\n')).not.to.contain(grace.key)
    for (const name of readdirSync(sandbox.folder, {recursive: true, encoding: 'utf8'})) {
      const {stdout: found} = spawnSync('grep', ['-lF', '--', grace.key, join(sandbox.folder, name)], {
        encoding: 'utf8',
      })
      expect(found).to.equal('')
    }
  })
})

/** Where the bundle has keytar's binaries. */
const prebuilds = join(dirname(CLI), '../bundle/packages/@llamactl/plugin-auth/dist/credentials/keychain/prebuilds')
