import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {closeTerminals, terminalReport} from '../../../plugin-auth/test/support/terminal.js'
import {openCli} from '../support/open-cli.js'
import {grace} from '../support/people.js'
import {createSandbox, type Failure, type Sandbox} from '../support/sandbox.js'

describe('auth inject', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await sandbox.run(['auth', 'env', 'add', plane.url])
    await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })
  afterEach(async () => {
    await closeTerminals()
    execFileSync('sh', ['-c', 'rm -rf .env* .git .gitignore services target'], {cwd: sandbox.folder})
  })

  const at = (...path: string[]) => join(sandbox.folder, ...path)
  const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
  const modeOf = (...path: string[]) => (statSync(at(...path)).mode & 0o777).toString(8)
  const inject = (...args: string[]) => sandbox.run(['auth', 'inject', ...args])
  const git = (...args: string[]) => execFileSync('git', args, {cwd: sandbox.folder, env: sandbox.env})
  const lines = () =>
    `LLAMA_CLOUD_API_KEY='${grace.key}'\nLLAMA_CLOUD_BASE_URL='${plane.url}'\nLLAMA_AGENTS_PROJECT_ID='prj-flow'\n`

  it('makes a file for its owner alone, and says what is in it but not the key', async () => {
    const {exitCode, stdout, stderr} = await inject()
    expect(exitCode, stderr).to.equal(0)
    expect(stdout).to.equal('Wrote LLAMA_CLOUD_API_KEY, LLAMA_CLOUD_BASE_URL and LLAMA_AGENTS_PROJECT_ID to .env.\n')
    expect(stderr).to.equal('')
    expect(read('.env')).to.equal(lines())
    expect(modeOf('.env')).to.equal('600')

    const json = await inject('--json', '-f', 'services/api/.env')
    expect(json.json()).to.deep.equal({
      env_file: at('services', 'api', '.env'),
      variables: ['LLAMA_CLOUD_API_KEY', 'LLAMA_CLOUD_BASE_URL', 'LLAMA_AGENTS_PROJECT_ID'],
      removed: [],
      ignored: null,
    })
    expect(json.stdout + json.stderr).not.to.contain(grace.key)
    expect(read('services', 'api', '.env')).to.equal(lines())
  })

  it('keeps every other line, replaces its own and the older name of the project, and tightens the mode', async () => {
    writeFileSync(at('.env'), `# mine\r\nA="x # y"\nexport LLAMA_CLOUD_API_KEY=old\nLLAMA_DEPLOY_PROJECT_ID=old\n\nB=2`)
    chmodSync(at('.env'), 0o664)
    const {stderr} = await inject('--project-id', "it's")
    expect(read('.env')).to.equal(
      `# mine\r\nA="x # y"\nLLAMA_CLOUD_API_KEY='${grace.key}'\nLLAMA_DEPLOY_PROJECT_ID='it\\'s'\n\nB=2\r\n` +
        `LLAMA_CLOUD_BASE_URL='${plane.url}'\r\nLLAMA_AGENTS_PROJECT_ID='it\\'s'\r\n`,
    )
    expect(modeOf('.env')).to.equal('600')
    expect(stderr).to.contain('.env was open to other users; it is now for you alone.')
  })

  it('takes all four out again, without a login, and leaves the rest and the mode', async () => {
    writeFileSync(at('.env'), `A=1\nLLAMA_DEPLOY_PROJECT_ID=p\n${lines()}B=2\n`, {mode: 0o640})
    const stranger = {env: {LLAMACTL_CONFIG_DIR: at('nobody')}}
    const removed = await sandbox.run(['auth', 'inject', '--remove', '--json'], stranger)
    expect(removed.json<{removed: string[]}>().removed).to.have.length(4)
    expect(read('.env')).to.equal('A=1\nB=2\n')
    expect(modeOf('.env')).to.equal('640')
    expect((await inject('--remove')).stderr).to.contain('nothing of that in .env')
    expect((await inject('--remove', '-f', '.env.none')).exitCode).to.equal(0)
    expect(existsSync(at('.env.none'))).to.equal(false)
  })

  it('writes the key of the variables as often as it is asked to', async () => {
    const env = {
      LLAMA_CLOUD_API_KEY: 'llx-of-the-variable',
      LLAMA_AGENTS_PROJECT_ID: 'prj-flow',
      LLAMA_CLOUD_BASE_URL: plane.url,
    }
    for (let round = 0; round < 2; round++) {
      await sandbox.run(['auth', 'inject'], {env})
      expect(read('.env')).to.contain("LLAMA_CLOUD_API_KEY='llx-of-the-variable'")
    }
  })

  it('changes nothing where a person cancels at the question for .gitignore', async () => {
    git('init', '--quiet')
    const terminal = openCli(sandbox, ['auth', 'inject'])
    await terminal.waitFor('git does not ignore the file')
    terminal.press('ctrl-c')
    expect(await terminalReport(terminal)).to.include({exitCode: 130})
    expect(existsSync(at('.env'))).to.equal(false)
  })

  it('asks git of the folder, whatever the variables of git say', async () => {
    git('init', '--quiet')
    writeFileSync(at('.env'), 'KEEP=1\n')
    git('add', '-f', '.env')
    for (const GIT_DIR of ['/nonexistent', '.git'])
      expect((await sandbox.run(['auth', 'inject'], {env: {GIT_DIR}})).exitCode).to.equal(2)
    expect(read('.env')).to.equal('KEEP=1\n')
  })

  it('leaves a file that is read-only, and temporary files of others', async () => {
    writeFileSync(at('.env'), 'KEEP=1\n')
    chmodSync(at('.env'), 0o400)
    expect((await inject()).stderr).to.contain('read-only')
    expect(read('.env')).to.equal('KEEP=1\n')
    const others = at('.env.d', '.123.abc.tmp')
    mkdirSync(at('.env.d'))
    writeFileSync(others, '')
    utimesSync(others, 1, 1)
    expect((await inject('-f', '.env.d/.env')).exitCode).to.equal(0)
    expect(existsSync(others)).to.equal(true)
  })

  it('is not asked for the key that it is to replace, which Node.js 20 loads with --env-file', async () => {
    writeFileSync(at('.env'), lines().replaceAll(grace.key, 'llx-old').replaceAll('prj-flow', 'prj-old'))
    const {exitCode, stderr} = await inject('--env-file', '.env')
    expect(exitCode, stderr).to.equal(0)
    expect(read('.env')).to.equal(lines())
  })

  it('refuses a file that git tracks, before the key is read, unless told', async () => {
    git('init', '-q')
    writeFileSync(at('.env'), 'A=1\n')
    git('add', '.env')
    const refused = await inject('--json')
    expect(refused.exitCode).to.equal(2)
    expect(refused.json<Failure>().error.code).to.equal('USAGE')
    expect(refused.json<Failure>().error.message).to.contain('git tracks .env')
    expect(read('.env')).to.equal('A=1\n')
    expect((await inject('--allow-tracked')).exitCode).to.equal(0)
    expect(read('.env')).to.equal(`A=1\n${lines()}`)
    expect((await inject('--remove')).exitCode).to.equal(0)
    expect(read('.env')).to.equal('A=1\n')
  })

  it('says which line makes git ignore the file, and on a terminal offers to add it', async () => {
    git('init', '-q')
    const {stderr} = await inject('-f', 'services/.env')
    expect(stderr).to.contain('Add this line to .gitignore: /services/.env')
    expect(existsSync(at('.gitignore'))).to.equal(false)

    writeFileSync(at('.gitignore'), 'dist', {mode: 0o644})
    const terminal = openCli(sandbox, ['auth', 'inject', '-f', 'services/.env'])
    await terminal.waitFor('Add /services/.env to .gitignore?')
    terminal.press('enter')
    expect((await terminalReport(terminal)).exitCode).to.equal(0)
    expect(read('.gitignore')).to.equal('dist\n/services/.env\n')
    expect(modeOf('.gitignore')).to.equal('644')
    const again = await inject('-f', 'services/.env', '--json')
    expect(again.json()).to.include({ignored: true})
    expect(again.stderr).to.equal('')
  })

  it('does not follow a symbolic link, and leaves what it finds strange', async () => {
    writeFileSync(at('target'), 'A=1\n')
    symlinkSync('target', at('.env'))
    const linked = await inject()
    expect(linked.exitCode).to.equal(1)
    expect(linked.stderr).to.contain('.env is a symbolic link to target').and.to.contain('(STORAGE_ERROR)')
    expect(read('target')).to.equal('A=1\n')

    mkdirSync(at('services'))
    writeFileSync(at('.env.utf16'), Buffer.from('A=1\n', 'utf16le'))
    writeFileSync(at('.env.open'), "A='open\n")
    for (const [path, said] of [
      ['services', 'is a folder'],
      ['.env.utf16', 'is no text file'],
      ['.env.open', 'a quote that is never closed'],
      ['target/.env', 'not a folder'],
      ['/proc/nothing/.env', 'Name another file.'],
    ] as const) {
      const {exitCode, stderr} = await inject('-f', path)
      expect(exitCode, path).to.equal(1)
      expect(stderr).to.contain(said).and.to.contain('(STORAGE_ERROR)')
    }

    expect(read('.env.open')).to.equal("A='open\n")
    expect(readdirSync(sandbox.folder).filter((name) => name.endsWith('.tmp'))).to.deep.equal([])
  })

  it('writes a byte that is no UTF-8 back as it was', async () => {
    writeFileSync(at('.env'), Buffer.from([0x41, 0x3d, 0xe9, 0x0a]))
    await inject()
    expect(readFileSync(at('.env')).subarray(0, 4)).to.deep.equal(Buffer.from([0x41, 0x3d, 0xe9, 0x0a]))
  })
})
