import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {withLockFile} from '../../src/storage/lock-file.js'
import {machine} from '../../src/storage/maker.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

/** The compiled code: processes start faster without tsx. */
const MODULE = new URL('../../dist/storage/lock-file.js', import.meta.url)

describe('a lock file', () => {
  const folder = useTemporaryFolder()
  const lock = () => join(folder(), 'it.lock')
  /** As it looks when its holder has not touched it for a minute. */
  const backdate = (): void => {
    const minuteAgo = new Date(Date.now() - 60_000)
    utimesSync(lock(), minuteAgo, minuteAgo)
  }
  const age = () => Date.now() - statSync(lock()).mtimeMs

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

  it('is not taken from a holder in a sandbox, which counts its processes for itself', async () => {
    writeFileSync(lock(), `4194303 ${machine()}0 elsewhere`)
    const error = await refusal(
      withLockFile(lock(), async () => undefined, {patience: 200}),
      'STORAGE_ERROR',
    )
    expect(error.message).to.contain(lock())
  })

  for (const [what, minutes] of [
    ['only after half a minute', -1],
    ['also when the clock was set back meanwhile (case 65)', 60],
  ] as const) {
    it(`is taken over from a holder on another machine ${what}`, async () => {
      writeFileSync(lock(), `1 not-${machine()} x`)
      const time = new Date(Date.now() + minutes * 60_000)
      utimesSync(lock(), time, time)
      expect(await withLockFile(lock(), async () => 'done')).to.equal('done')
    })
  }

  it('is lost by a holder that stands still, who ends in peace and leaves the next one alone (case 64)', async () => {
    const standStill = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)'
    const holder = run(`await withLockFile(lock, async () => { console.log('held'); ${standStill} })`)
    await new Promise((resolve) => holder.stdout?.once('data', resolve))
    backdate()
    await withLockFile(lock(), async () => {
      expect(await exitOf(holder)).to.equal(0)
      expect(existsSync(lock())).to.equal(true)
    })
    expect(existsSync(lock())).to.equal(false)
  })

  it('is touched while the work goes on, so that nobody takes it for abandoned', async () => {
    const {setInterval} = globalThis
    const beats: (() => void)[] = []
    globalThis.setInterval = ((beat: () => void, every: number) => {
      expect(every).to.be.lessThan(10_000)
      beats.push(beat)
      return setInterval(() => undefined, every)
    }) as typeof setInterval
    try {
      await withLockFile(lock(), async () => {
        backdate()
        for (const beat of beats) beat()
        expect(age()).to.be.lessThan(30_000)
      })
    } finally {
      globalThis.setInterval = setInterval
    }
  })

  it('is still held by who slept, where nobody took it, and is renewed by asking', () =>
    withLockFile(lock(), async (turn) => {
      backdate()
      expect(turn.isHeld()).to.equal(true)
      expect(age()).to.be.lessThan(30_000)
    }))

  it('is known to be lost by who slept, where somebody took it', () =>
    withLockFile(lock(), async (slept) => {
      backdate()
      await withLockFile(lock(), async (next) => {
        expect([slept.isHeld(), next.isHeld()]).to.deep.equal([false, true])
        backdate()
        expect(slept.isHeld()).to.equal(false)
        expect(age()).to.be.greaterThan(30_000)
      })
    }))

  it('is taken over soon from a holder that was killed while it wrote its name', async () => {
    writeFileSync(lock(), `${process.pid} half-of-a-host`)
    const time = new Date(Date.now() - 3000)
    utimesSync(lock(), time, time)
    expect(await withLockFile(lock(), async () => 'done')).to.equal('done')
  })

  it('is waited for as long as one has patience; the refusal names the file (login case 85)', () =>
    withLockFile(lock(), async () => {
      const waiting = withLockFile(lock(), () => expect.fail('it is held'), {patience: 50})
      const error = await refusal(waiting, 'STORAGE_ERROR')
      expect(error.message).to.include(lock()).and.include('another process')
    }))

  it('is waited for with a word, until a person cancels', () =>
    withLockFile(lock(), async () => {
      let said = 0
      const cancelled = new Error('cancelled')
      const waiting = withLockFile(lock(), () => expect.fail('it is held'), {
        onWait: () => said++,
        checkpoint() {
          if (said > 0) throw cancelled
        },
      })
      expect(await waiting.catch((error: unknown) => error)).to.equal(cancelled)
      expect(said).to.equal(1)
    }))

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
