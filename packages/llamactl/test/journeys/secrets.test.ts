import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {logIn} from '../support/log-in.js'
import {ada, grace} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Finished, type Sandbox} from '../support/sandbox.js'

/** As every user of the computer can read it. */
function commandLineOf(pid: number | undefined): string {
  const file = `/proc/${pid}/cmdline`
  return existsSync(file)
    ? readFileSync(file, 'utf8')
    : execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {encoding: 'utf8'})
}

const REFUSED = 'canary-that-the-server-refuses-7f3a'

describe('secrets', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
  })
  after(() => plane.close())
  beforeEach(() => {
    sandbox = createSandbox({DEBUG: '*', LLAMACTL_CREDENTIAL_STORE: 'file'})
  })
  afterEach(() => sandbox.remove())

  const debugged = ({stdout, stderr}: Finished): string => {
    expect(stderr, 'DEBUG=* has to print something for this test to mean anything').to.contain('oclif')
    return stdout + stderr
  }

  it('are in no output of any command under DEBUG=*, with --json or without (case 61) (login case 109)', async () => {
    const output: string[] = []
    const run = async (args: string[], stdin?: string, env?: Record<string, string>): Promise<void> => {
      output.push(debugged(await sandbox.run(args, {...(stdin !== undefined && {stdin}), ...(env && {env})})))
    }

    await run(['auth', 'env', 'add', plane.url])
    for (const json of [[], ['--json']]) {
      await run(['auth', 'token', '--api-key', grace.key, ...json])
      await run(['auth', 'token', `--api-key=${ada.key}`, '--project-id', 'prj-notes', ...json])
      await run(['auth', 'token', '--api-key', '-', ...json], grace.key)
      await run(['auth', 'token', ...json], undefined, {LLAMA_CLOUD_API_KEY: grace.key})
      await run(['auth', 'token', '--api-key', REFUSED, ...json])
      await run(['auth', 'token', '--api-key', REFUSED, '--no-such-flag', ...json])
      await run(['auth', 'token', ...json], undefined, {LLAMA_CLOUD_API_KEY: REFUSED})
      await run(['auth', 'token', grace.key, ...json])
      await run(['auth', 'token', `--api-keys=${grace.key}`, ...json])
      await run(['auth', 'login', `--token=${REFUSED}`, ...json])
      output.push(debugged(await logIn(sandbox, plane, {user: grace.email, args: json})))
      await run(['auth', 'list', ...json])
      await run(['auth', 'switch', grace.email, ...json])
      await run(['auth', 'project', grace.project, ...json])
      await run(['auth', 'status', ...json])
      await run(['auth', 'projects', ...json])
      const stored = Object.values(sandbox.files()).join('')
      const minted = [...stored.matchAll(/llx-[\w-]{12,}|"refresh_token\\?":\\?"([^"\\]+)/g)].map(
        ([all, token]) => token ?? all,
      )
      expect(minted.length, 'the store holds the keys and a refresh token').to.be.greaterThan(3)
      await run(['auth', 'logout', grace.email, ...json])
      await run(['auth', 'env', 'switch', plane.url, ...json])
      await run(['auth', 'login', '--start', ...json])
      const [, deviceCode = ''] = /"device_code\\?":\\?"([^"\\]+)/.exec(Object.values(sandbox.files()).join('')) ?? []
      expect(deviceCode, 'the store holds a device code').not.to.equal('')
      await run(['auth', 'logout', '--all', ...json])
      for (const secret of new Set([...minted, deviceCode, ada.key, grace.key, REFUSED])) {
        expect(output.join('\n')).not.to.contain(secret)
      }
    }

    await run(['auth', 'env', 'delete', plane.url])
    expect(output.join('\n')).not.to.match(/eyJ[\w-]+\.eyJ/)
    expect(output.join('\n')).not.to.match(/llx-[\w-]{12,}/)
  })

  it('are not in the command line of the process while it works, even when one was typed there (case 61)', async () => {
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
    plane.faults.add({path: /list-projects/, delay: 1500})
    const running = sandbox.start(['auth', 'token', '--api-key', grace.key])
    await running.stderrShows(/Checking the key/)
    const commandLine = commandLineOf(running.process.pid)
    expect(commandLine).to.contain('llamactl')
    expect(commandLine).not.to.contain(grace.key)
    expect((await running.finished).exitCode).to.equal(0)
  })

  it('are written for their owner alone', async () => {
    await sandbox.run(['auth', 'env', 'add', plane.url])
    await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
    const entries = readdirSync(sandbox.configFolder, {recursive: true, encoding: 'utf8'})
    expect(entries.length).to.be.greaterThan(5)
    for (const entry of entries) {
      const status = statSync(`${sandbox.configFolder}/${entry}`)
      expect(status.mode & 0o777, entry).to.equal(status.isDirectory() ? 0o700 : 0o600)
    }
  })
})
