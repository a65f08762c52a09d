import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'

import {expect} from 'chai'

import {startDevControlPlane} from '../src/index.js'
import {call} from './call.js'

const BIN = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const VERSION = '/api/v1beta1/deployments-public/version'

interface Run {
  code: number | null
  stdout: string
  stderr: string
}

describe('llamactl-dev-control-plane', () => {
  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  function start(...args: string[]): {child: ChildProcess; ended: Promise<Run>; url: Promise<string>} {
    const child = spawn(process.execPath, [BIN, ...args], {stdio: ['ignore', 'pipe', 'pipe']})
    children.push(child)
    const run: Run = {code: null, stdout: '', stderr: ''}
    const url = new Promise<string>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        run.stdout += chunk.toString()
        const found = /Dev control plane at (\S+)\n[\s\S]*Ctrl-C/.exec(run.stdout)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    child.stderr.on('data', (chunk: Buffer) => {
      run.stderr += chunk.toString()
    })
    const ended = once(child, 'close').then(([code]: unknown[]) => ({...run, code: code as number | null}))
    return {child, ended, url}
  }

  // Windows has no signals that a process could catch.
  for (const signal of process.platform === 'win32' ? [] : (['SIGINT', 'SIGTERM'] as const)) {
    it(`serves until ${signal}, says what to type, and leaves no warning behind`, async () => {
      const {child, ended, url} = start('--interval', '0.5')
      expect((await call(await url, VERSION)).status).to.equal(200)
      child.kill(signal)
      const {code, stdout, stderr} = await ended
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout)
        .to.include('ada@example.com  password ada  4 projects')
        .and.include(`llamactl auth env add ${await url}`)
        .and.include('llamactl auth login')
        .and.include('llamactl auth token --api-key llx-dev-ada')
        .and.include('Open it in a browser to watch logins, keys and requests, and to switch faults on.')
    })

    it(`prints one line of JSON for a script, and ends with 0 on ${signal} while somebody looks at its page`, async () => {
      const {child, ended} = start('--json')
      const [line] = (await once(child.stdout!, 'data')) as [Buffer]
      const {url, issuer, pid} = JSON.parse(line.toString())
      expect([issuer, pid]).to.deep.equal([`${url}/oidc`, child.pid])
      const events = await fetch(`${url}/dev/events`)
      expect(events.status).to.equal(200)
      child.kill(signal)
      const {code, stdout, stderr} = await ended
      expect([code, stdout, stderr]).to.deep.equal([0, line.toString(), ''])
      expect(stdout).to.match(/^.*\n$/)
      await events.text().catch(() => undefined)
    })
  }

  it('serves without auth', async () => {
    const {url} = start('--no-auth')
    expect((await call(await url, VERSION)).body.requires_auth).to.equal(false)
  })

  it('serves without browser login', async () => {
    const {url} = start('--no-browser-login')
    expect((await call(await url, '/api/v1/auth/oidc/discovery')).status).to.equal(400)
  })

  it('serves with faults on', async () => {
    const {url} = start('--fault', 'unavailable', '--fault', 'slow-down')
    expect((await call(await url, VERSION)).status).to.equal(503)
    const {body} = await call(await url, '/dev/faults')
    const on = (body as {name: string; on: boolean}[]).filter((one) => one.on)
    expect(on.map(({name}) => name)).to.deep.equal(['unavailable', 'slow-down'])
  })

  it('says which port is in use, and exits 1', async () => {
    await using other = await startDevControlPlane({browserLogin: false})
    const {port} = new URL(other.url)
    const {code, stdout, stderr} = await start('--port', port).ended
    expect([code, stdout]).to.deep.equal([1, ''])
    expect(stderr).to.equal(`Error: Port ${port} is in use. Choose another, or 0 for any free one.\n`)
  })

  it('says which seed file is absent, and exits 1', async () => {
    const {code, stderr} = await start('--seed', 'no-such-seed.json').ended
    expect([code, stderr]).to.deep.equal([1, 'Error: no-such-seed.json: there is no such file\n'])
  })

  for (const [args, complaint] of [
    [['--host', '0.0.0.0'], "'--host'"],
    [['stray'], 'stray'],
    [['--port', 'abc'], "--port wants a number, not 'abc'"],
    [['--port', '70000'], '--port wants a whole number from 0 to 65535'],
    [['--fault', 'unheard-of'], '--fault wants one of slow, dropped'],
    [['--interval', '0'], '--interval wants more than 0 seconds'],
  ] as const) {
    it(`refuses ${args.join(' ')} with exit 2`, async () => {
      const {code, stdout, stderr} = await start(...args).ended
      expect([code, stdout]).to.deep.equal([2, ''])
      expect(stderr)
        .to.match(/^Error: /)
        .and.include(complaint)
        .and.include('--help')
    })
  }

  it('has --help and --version', async () => {
    const help = await start('--help').ended
    expect([help.code, help.stderr]).to.deep.equal([0, ''])
    expect(help.stdout).to.include('--seed FILE').and.not.include('--host')
    const version = await start('--version').ended
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/)
  })
})
