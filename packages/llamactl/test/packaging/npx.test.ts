import {expect} from 'chai'
import {mkdtempSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {type Running, startProgram} from '../support/sandbox.js'
import {type LocalRegistry, startRegistry} from './support/registry.js'
import {packPackages, root} from './support/workspace.js'

describe('the packed dev control plane, in one line from a shell', () => {
  requireTools('npm', 'tar')

  const folder = mkdtempSync(join(tmpdir(), 'llamactl-npx-'))
  let registry: LocalRegistry
  let started: Running | undefined
  let server: number | undefined

  before(async function () {
    this.timeout(120_000)
    registry = await startRegistry(await packPackages(folder))
  })
  after(async () => {
    started?.process.kill('SIGKILL')
    if (server !== undefined) process.kill(server, 'SIGKILL')
    await registry?.close()
    await rm(folder, {recursive: true, force: true})
  })

  it('is `npx @llamactl/dev-control-plane`: it serves its page and its API, and ends cleanly with SIGTERM', async function () {
    this.timeout(120_000)
    const npx = join(root, 'node_modules', 'npm', 'bin', 'npx-cli.js')
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      npm_config_registry: registry.url,
      npm_config_update_notifier: 'false',
    }
    started = startProgram(process.execPath, [npx, '--yes', '@llamactl/dev-control-plane', '--json'], {
      cwd: folder,
      env,
    })
    const line = await new Promise<string>((resolve, reject) => {
      started?.process.stdout?.once('data', resolve)
      started?.finished.then(({stdout, stderr}) => reject(new Error(stdout + stderr)), reject)
    })
    const {url, pid} = JSON.parse(line) as {url: string; pid: number}
    server = pid
    expect(pid).not.to.equal(started.process.pid)
    for (const path of ['/', '/dev/state', '/dev/home.js', '/dev/home.css', '/oidc/.well-known/openid-configuration']) {
      expect((await fetch(url + path)).status, path).to.equal(200)
    }

    started.process.kill('SIGTERM')
    const {stderr} = await started.finished
    expect(stderr).not.to.match(/error|warn/i)
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    )
    expect(isThere).to.equal(false)
    server = undefined
  })
})
