import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {Readable} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'
import {grace} from '../../support/people.js'
import {prepare} from '../../support/prepare.js'
import {CLI, createSandbox, type Sandbox} from '../../support/sandbox.js'

describe('a key from standard input', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })

  /** With a pipe that stays open for as long as the test wants. */
  const open = () =>
    spawn(process.execPath, [CLI, 'auth', 'token', '--api-key', '-'], {
      env: sandbox.env,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
  const exitOf = (child: ReturnType<typeof open>) => new Promise((resolve) => child.once('exit', resolve))

  for (const [what, stdin] of [
    ['bytes that are no text', Buffer.from('6c6c782dfffe00c3280a', 'hex')],
    ['NUL bytes', Buffer.alloc(300)],
    ['1 MB on one line', 'llx-'.repeat(250_000)],
    ['only a byte order mark', '\uFEFF'],
  ] as const) {
    it(`is refused when it is ${what}, and nothing is kept (case 63)`, async () => {
      const {exitCode, stderr, stdout} = await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin})
      expect(exitCode).to.equal(2)
      expect(stderr).to.contain('(USAGE)')
      expect(stdout + stderr).not.to.contain('llx-llx')
      expect(Object.keys(sandbox.files()).join()).not.to.match(/profiles|credentials.*json/)
    })
  }

  it('is missing where standard input is closed (case 63)', async () => {
    const through = ['sh', '-c', 'exec "$@" <&-', 'sh']
    const {exitCode, stderr} = await sandbox.run(['auth', 'token', '--api-key', '-'], {through})
    expect(exitCode).to.equal(2)
    expect(stderr).to.contain('There is no API key')
  })

  it('is whole when it arrives in pieces (case 63)', async () => {
    const child = open()
    for (const piece of [grace.key.slice(0, 9), grace.key.slice(9), '\n']) {
      child.stdin.write(piece)
      await sleep(50)
    }

    child.stdin.end()
    expect(await exitOf(child)).to.equal(0)
    await sandbox.run(['auth', 'logout', '--all'])
  })

  it('is given up when it never ends, before it fills the memory (case 63)', async () => {
    const child = open()
    let sent = 0
    const endless = new Readable({
      read() {
        sent += 65_536
        // A device would go on for ever; this ends so that a program that reads on fails this test and not the machine.
        this.push(sent < 64 * 1024 * 1024 ? Buffer.alloc(65_536, 'a') : null)
      },
    })
    child.stdin.on('error', () => endless.destroy())
    endless.pipe(child.stdin)
    expect(await exitOf(child)).to.equal(2)
    expect(sent).to.be.lessThan(8 * 1024 * 1024)
  })

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`is not waited for after ${signal} (case 63)`, async () => {
      const child = open()
      await sleep(1200)
      const begun = Date.now()
      child.kill(signal)
      expect(await exitOf(child)).to.equal(exitCode)
      expect(Date.now() - begun).to.be.lessThan(1000)
    })
  }
})
