import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {SAMPLE} from '../../../plugin-completion/test/support/sample.js'
import {
  type DrivenShell,
  openSession,
  RC_FILES,
  type ShellSession,
  writeRcFile,
} from '../../../plugin-completion/test/support/shell-session.js'
import {BASH_COMPLETION} from '../../../plugin-completion/test/support/start-shell.js'
import {closeTerminals, terminalReport} from '../../../plugin-auth/test/support/terminal.js'
import {openCli} from '../support/open-cli.js'
import {grace} from '../support/people.js'
import {CLI, createSandbox, type Sandbox} from '../support/sandbox.js'

/** A name that the shells would take for a pattern. */
const PROFILE = 'llx-de\\*\\*\\*\\*9ce2'

describe('completion in llamactl', () => {
  requireTools('bash', 'zsh', 'fish')
  requireThat(existsSync(BASH_COMPLETION), `needs ${BASH_COMPLETION}`)

  let plane: DevControlPlane
  let sandbox: Sandbox
  let session: ShellSession | undefined

  before(async () => {
    plane = await startDevControlPlane()
  })
  after(() => plane.close())
  beforeEach(() => {
    sandbox = createSandbox({XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', XDG_CACHE_HOME: '', XDG_STATE_HOME: ''})
    mkdirSync(join(sandbox.folder, 'bin'))
    writeFileSync(join(sandbox.folder, 'bin', 'llamactl'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, {
      mode: 0o755,
    })
    sandbox.env['PATH'] = `${join(sandbox.folder, 'bin')}:/usr/local/bin:/usr/bin:/bin`
  })
  afterEach(async () => {
    await closeTerminals()
    session?.close()
    session = undefined
    sandbox.remove()
  })

  const run = async (...args: string[]): Promise<string> => {
    const {stdout, stderr, exitCode} = await sandbox.run(args)
    expect(exitCode, stdout + stderr).to.equal(0)
    return stdout
  }
  const index = (): string => join(sandbox.folder, '.cache', 'llamactl', 'completion')
  const logIn = async (): Promise<void> => {
    await run('auth', 'env', 'add', plane.url)
    expect((await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})).exitCode).to.equal(0)
  }

  async function open(shell: DrivenShell): Promise<ShellSession> {
    session = await openSession({shell, home: sandbox.folder, env: sandbox.env})
    return session
  }

  async function lineAfter(typed: string): Promise<string> {
    const {line} = await session!.tab(typed)
    await session!.clear()
    return line
  }

  for (const [title, shell, rc] of [
    ['bash', 'bash', ''],
    ['bash with bash-completion', 'bash', `. ${BASH_COMPLETION}`],
    ['zsh', 'zsh', ''],
    ['zsh that has started its completion', 'zsh', 'autoload -Uz compinit; compinit -D'],
    ['fish', 'fish', ''],
  ] as const) {
    it(`is installed for ${title}, follows what changes, and is removed without a trace`, async () => {
      writeRcFile(shell, sandbox.folder, rc, [])
      const before = readFileSync(join(sandbox.folder, RC_FILES[shell]))
      await run('completion', 'install', '--shell', shell)
      await open(shell)
      expect(await lineAfter('llamactl auth sw')).to.equal('llamactl auth switch ')
      expect(await lineAfter('llamactl auth env switch https:')).to.contain('https://api.cloud.llamaindex.ai ')

      await logIn()
      const requests = plane.requests.length
      expect(await lineAfter('llamactl auth switch l')).to.equal(`llamactl auth switch ${PROFILE} `)
      expect(await lineAfter('llamactl auth project prj-f')).to.equal('llamactl auth project prj-flow ')
      expect(await lineAfter(`llamactl auth env switch ${plane.url.slice(0, -3)}`)).to.equal(
        `llamactl auth env switch ${plane.url} `,
      )
      expect(await lineAfter('llamactl auth list --environment=http:')).to.contain(plane.url)

      rmSync(index(), {recursive: true})
      expect(await lineAfter('llamactl auth switch l')).to.equal(`llamactl auth switch ${PROFILE} `)
      await run('auth', 'logout', '--all')
      expect(await lineAfter('llamactl auth switch l')).to.equal('llamactl auth switch l')
      // Logging out told the server; no TAB did.
      expect(plane.requests.slice(requests).every(({path}) => !path.includes('project'))).to.equal(true)

      await run('completion', 'uninstall')
      expect(readFileSync(join(sandbox.folder, RC_FILES[shell])).equals(before)).to.equal(true)
      expect(existsSync(index())).to.equal(false)
    })
  }

  it('keeps metadata for its person alone: no key, no token', async () => {
    await run('completion', 'refresh')
    await logIn()
    const files = readdirSync(index())
    expect(files).to.include.members(['spec.tsv', 'v.environment.tsv', 'v.profile.tsv', 'v.project.tsv'])
    expect(statSync(index()).mode & 0o777).to.equal(0o700)
    for (const file of files) {
      expect(statSync(join(index(), file)).mode & 0o777).to.equal(0o600)
      expect(readFileSync(join(index(), file), 'utf8')).not.to.contain(grace.key)
    }

    expect(readFileSync(join(index(), 'v.profile.tsv'), 'utf8')).to.contain('llx-de****9ce2\tcurrent, project prj-flow')
    expect(readFileSync(join(index(), 'v.organization.tsv'), 'utf8').split('\n')).to.have.length.above(2)
    expect(readFileSync(join(index(), 'v.environment.tsv'), 'utf8')).to.contain(`${plane.url}\tcurrent`)
  })

  it('forgets the projects of an environment that is deleted', async () => {
    await logIn()
    const seen = join(sandbox.folder, '.cache', 'llamactl', 'last-seen')
    expect(readdirSync(seen)).to.have.length(1)
    await run('auth', 'env', 'delete', plane.url)
    expect(readdirSync(seen)).to.deep.equal([])
  })

  it('is mentioned once, after the first login, to a person at a terminal', async () => {
    const cli = (args: string[], env: Record<string, string> = {}) =>
      openCli(sandbox, args, {SHELL: '/bin/zsh', ...env})
    await run('auth', 'env', 'add', plane.url)
    const login = ['auth', 'token', '--api-key', grace.key]
    const hint = 'llamactl completes commands and names on TAB: llamactl completion install'
    for (const [args, env, isShown] of [
      [[...login, '--json'], {}, false],
      [login, {CI: '1'}, false],
      [login, {SHELL: '/bin/tcsh'}, false],
      [['auth', 'list'], {}, false],
      [login, {}, true],
      [login, {}, false],
    ] as const) {
      const terminal = cli([...args], env)
      expect((await terminalReport(terminal)).exitCode).to.equal(0)
      expect(terminal.text().includes(hint), args.join(' ')).to.equal(isShown)
    }
  })

  it('writes nothing where nobody uses it', async () => {
    await logIn()
    expect(existsSync(index())).to.equal(false)
  })

  it('knows the commands of a plugin as soon as it is there, and no longer when it is gone', async () => {
    writeRcFile('bash', sandbox.folder, '', [])
    await run('completion', 'install', '--shell', 'bash')
    await open('bash')
    expect(await lineAfter('llamactl who')).to.equal('llamactl who')
    await run('plugins', 'link', '--no-install', SAMPLE)
    expect(await lineAfter('llamactl who')).to.equal('llamactl whoami ')
    await run('plugins', 'uninstall', 'sample')
    expect(await lineAfter('llamactl who')).to.equal('llamactl who')
  })
})
