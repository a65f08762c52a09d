import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {closeTerminals, terminalReport} from '../../../plugin-auth/test/support/terminal.js'
import {openCli} from '../support/open-cli.js'
import {ada, grace} from '../support/people.js'
import {CLI, createSandbox, type Sandbox} from '../support/sandbox.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

describe('auth exec', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await sandbox.run(['auth', 'env', 'add', plane.url])
    await sandbox.run(['auth', 'token', '--api-key', '-', '--project-id', 'prj-notes'], {stdin: ada.key})
    await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })
  afterEach(closeTerminals)

  const exec = (...args: string[]) => sandbox.run(['auth', 'exec', ...args])
  const sh = (script: string) => exec('--', 'sh', '-c', script)

  it('gives the command the four variables, and says nothing itself', async () => {
    const print = 'echo "$LLAMA_CLOUD_API_KEY $LLAMA_CLOUD_BASE_URL $LLAMA_AGENTS_PROJECT_ID $LLAMA_DEPLOY_PROJECT_ID"'
    const {stdout, stderr, exitCode} = await sh(print)
    expect({stderr, exitCode}).to.deep.equal({stderr: '', exitCode: 0})
    expect(stdout).to.equal(`${grace.key} ${plane.url} prj-flow prj-flow\n`)
    const other = await exec('--profile', ada.keyName, '--project-id', 'prj-invoices', '--', 'sh', '-c', print)
    expect(other.stdout).to.equal(`${ada.key} ${plane.url} prj-invoices prj-invoices\n`)
  })

  it('lets the official SDK list the projects', async () => {
    const script = join(ROOT, 'packages', 'llamactl', 'test', 'fixtures', 'list-projects.mjs')
    const {stdout, stderr} = await exec('--', process.execPath, script)
    expect(stdout, stderr).to.equal('["prj-flow"]\n')
  })

  it('ends with the exit code of the command', async () => {
    expect((await sh('exit 0')).exitCode).to.equal(0)
    expect((await sh('exit 42')).exitCode).to.equal(42)
  })

  it('exits 127 for a command that is not there and 126 for one that cannot be run, in our words', async () => {
    const missing = await exec('--', 'no-such-command-anywhere')
    expect(missing).to.include({exitCode: 127, stdout: ''})
    expect(missing.stderr).to.contain('There is no command "no-such-command-anywhere". (COMMAND_NOT_FOUND)')
    const file = join(sandbox.folder, 'not-a-program')
    writeFileSync(file, 'text', {mode: 0o644})
    const refused = await exec('--', file)
    expect(refused.exitCode).to.equal(126)
    expect(refused.stderr).to.contain('(COMMAND_NOT_STARTED)')
  })

  it('hands arguments and bytes on as they are', async () => {
    const bytes = Buffer.from(Array.from({length: 70_000}, (_, index) => index % 256))
    const child = spawn(process.execPath, [CLI, 'auth', 'exec', '--', 'cat'], {env: sandbox.env, cwd: sandbox.folder})
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stdin.end(bytes)
    await new Promise((resolve) => child.once('close', resolve))
    expect(Buffer.concat(chunks).equals(bytes)).to.equal(true)
    const args = await exec('--', 'printf', '<%s>', '--json', '--help', '--', 'a b', '', '$HOME')
    expect(args.stdout).to.equal('<--json><--help><--><a b><><$HOME>')
    expect((await exec('printf', '<%s>', 'a')).stdout).to.equal('<a>')
    expect((await exec('printf', '<%s>', 'a', '--', '--profile', 'b')).stdout).to.equal('<a><--><--profile><b>')
  })

  it('says what is missing, and where a -- belongs', async () => {
    const none = await exec()
    expect(none.exitCode).to.equal(2)
    expect(none.stderr).to.contain('A command is missing.').and.to.contain('llamactl auth exec -- COMMAND')
    const flag = await exec('ls', '--color')
    expect(flag.exitCode).to.equal(2)
    expect(flag.stderr).to.contain('--color').and.to.contain('(USAGE)').and.to.contain('auth exec -- COMMAND')
  })

  it('shows the key in no arguments and no debug output', async () => {
    const {stdout, stderr} = await sandbox.run(
      ['auth', 'exec', '--', 'sh', '-c', 'cat /proc/$$/cmdline /proc/$PPID/cmdline; cat /proc/$PPID/environ'],
      {env: {DEBUG: '*'}},
    )
    expect(stdout).to.contain('exec').and.not.to.contain(grace.key)
    expect(stderr).to.contain('oclif').and.not.to.contain(grace.key)
  })

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR2'] as const) {
    it(`passes ${signal} on, once, and the command decides what it means`, async () => {
      const name = signal.slice(3)
      const script = `trap 'printf got-${name}; exit 7' ${name}; echo ready >&2; while :; do sleep 0.05; done`
      const running = sandbox.start(['auth', 'exec', '--', 'sh', '-c', script])
      await running.stderrShows(/ready/)
      running.process.kill(signal)
      const {stdout, exitCode} = await running.finished
      expect({stdout, exitCode}).to.deep.equal({stdout: `got-${name}`, exitCode: 7})
    })
  }

  for (const signal of ['KILL', 'TERM', 'ABRT']) {
    it(`dies of SIG${signal} when the command did`, async () => {
      const running = sandbox.start(['auth', 'exec', '--', 'sh', '-c', `ulimit -c 0; kill -${signal} $$`])
      const died = new Promise((resolve) => running.process.once('exit', (_, name) => resolve(name)))
      expect(await died).to.equal(`SIG${signal}`)
    })
  }

  it('ends as a shell says of a command whose reader went away', async () => {
    const {exitCode} = await sh('kill -PIPE $$')
    expect(exitCode).to.equal(141)
  })

  it('leaves the terminal, and its Ctrl-C, to the command', async () => {
    const script =
      'test -t 0 && test -t 1 && test -t 2 && echo terminal; n=0; trap "n=\\$((n+1))" INT; echo ready; ' +
      'while test $n = 0; do sleep 0.05; done; sleep 0.5; echo interrupted $n; exit 3'
    const terminal = openCli(sandbox, ['auth', 'exec', '--', 'sh', '-c', script])
    await terminal.waitFor('ready')
    terminal.press('ctrl-c')
    await terminal.waitFor('interrupted 1')
    expect(terminal.text()).to.contain('terminal')
    expect((await terminalReport(terminal)).exitCode).to.equal(3)
  })

  it('needs a login', async () => {
    const {exitCode, stderr} = await sandbox.run(['auth', 'exec', '--', 'true'], {
      env: {LLAMACTL_CONFIG_DIR: join(sandbox.folder, 'nobody')},
    })
    expect(exitCode).to.equal(4)
    expect(stderr).to.contain('(NOT_LOGGED_IN)')
  })
})
