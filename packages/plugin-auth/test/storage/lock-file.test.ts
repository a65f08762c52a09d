import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {withLockFile} from '../../src/storage/lock-file.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

/** The compiled code: processes start faster without tsx. */
const MODULE = new URL('../../dist/storage/lock-file.js', import.meta.url)

describe('a lock file', () => {
  const folder = useTemporaryFolder()
  const lock = () => join(folder(), 'it.lock')

  function run(body: string): ChildProcess {
    const program = `
      import {readFileSync, writeFileSync} from 'node:fs'
      import {setTimeout as sleep} from 'node:timers/promises'
      import {withLockFile} from ${JSON.stringify(MODULE.href)}
      const lock = ${JSON.stringify(lock())}
      const count = ${JSON.stringify(join(folder(), 'count'))}
      ${body}`
    return spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('.', MODULE)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve))

  it('lets twenty processes count one after another, and is gone afterwards', async () => {
    writeFileSync(join(folder(), 'count'), '0')
    const counters = Array.from({length: 20}, () =>
      run(`for (let round = 0; round < 5; round++) await withLockFile(lock, async () => {
        const seen = Number(readFileSync(count, 'utf8'))
        await sleep(1)
        writeFileSync(count, String(seen + 1))
      })`),
    )
    expect(new Set(await Promise.all(counters.map(exitOf)))).to.deep.equal(new Set([0]))
    expect(readFileSync(join(folder(), 'count'), 'utf8')).to.equal('100')
    expect(readdirSync(folder())).to.deep.equal(['count'])
  })

  it('is taken over at once from a holder that was killed, by one of many (case 64)', async () => {
    const holder = run(`await withLockFile(lock, () => { console.log('held'); return sleep(60_000) })`)
    await new Promise((resolve) => holder.stdout?.once('data', resolve))
    holder.kill('SIGKILL')
    await exitOf(holder)
    writeFileSync(join(folder(), 'count'), '0')
    const started = Date.now()
    const next = Array.from({length: 8}, () =>
      run(`await withLockFile(lock, async () => {
        const seen = Number(readFileSync(count, 'utf8'))
        await sleep(5)
        writeFileSync(count, String(seen + 1))
      })`),
    )
    await Promise.all(next.map(exitOf))
    expect(readFileSync(join(folder(), 'count'), 'utf8')).to.equal('8')
    expect(Date.now() - started).to.be.lessThan(20_000)
    expect(existsSync(lock())).to.equal(false)
  })

  for (const [what, minutes] of [
    ['only after half a minute', -1],
    ['also when the clock was set back meanwhile (case 65)', 60],
  ] as const) {
    it(`is taken over from a holder on another machine ${what}`, async () => {
      writeFileSync(lock(), `1 not-${hostname()} x`)
      const time = new Date(Date.now() + minutes * 60_000)
      utimesSync(lock(), time, time)
      expect(await withLockFile(lock(), async () => 'done')).to.equal('done')
    })
  }

  it('is lost by a holder that stands still, who ends in peace and leaves the next one alone (case 64)', async () => {
    const standStill = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)'
    const holder = run(`await withLockFile(lock, async () => { console.log('held'); ${standStill} })`)
    await new Promise((resolve) => holder.stdout?.once('data', resolve))
    const minuteAgo = new Date(Date.now() - 60_000)
    utimesSync(lock(), minuteAgo, minuteAgo)
    await withLockFile(lock(), async () => {
      expect(await exitOf(holder)).to.equal(0)
      expect(existsSync(lock())).to.equal(true)
    })
    expect(existsSync(lock())).to.equal(false)
  })

  it('is released when the work fails', async () => {
    const failure = new Error('the work failed')
    let caught: unknown
    await withLockFile(lock(), () => Promise.reject(failure)).catch((error: unknown) => (caught = error))
    expect(caught).to.equal(failure)
    expect(existsSync(lock())).to.equal(false)
  })

  it('is refused at once where something else has its name', async () => {
    spawnSync('mkfifo', [lock()])
    await refusal(
      withLockFile(lock(), async () => undefined),
      'STORAGE_ERROR',
    )
  })

  it('is refused where it is a link', async () => {
    symlinkSync('/dev/null', lock())
    await refusal(
      withLockFile(lock(), async () => undefined),
      'STORAGE_ERROR',
    )
  })
})
