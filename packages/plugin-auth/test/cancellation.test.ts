import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {createCancellation} from '../src/cancellation.js'
import {requireThat} from './support/requires.js'

const fixture = fileURLToPath(new URL('fixtures/cancellation.ts', import.meta.url))

describe('cancelling', () => {
  it('does not concern work that nobody interrupts', async () => {
    const cancellation = createCancellation()
    try {
      const result = await cancellation.uninterrupted(async (checkpoint) => {
        checkpoint()
        return 'done'
      })
      expect([result, cancellation.signal.aborted]).to.deep.equal(['done', false])
    } finally {
      cancellation.stop()
    }
  })

  it('leaves no listener behind once it is stopped', () => {
    const count = () => ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => process.listenerCount(name))
    const before = count()
    createCancellation().stop()
    expect(count()).to.deep.equal(before)
  })

  describe('by a signal', () => {
    requireThat(process.platform !== 'win32', 'needs signals')

    /** Sends the signals, the next one whenever the child has printed another line. */
    async function interrupt(work: string, ...signals: NodeJS.Signals[]) {
      const child = spawn(process.execPath, ['--import', 'tsx', fixture, work], {stdio: ['pipe', 'pipe', 'inherit']})
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        for (const signal of signals.splice(0, chunk.split('\n').length - 1)) child.kill(signal)
      })
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
      return {lines: text.trim().split('\n').slice(1), code, signal}
    }

    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      it(`${signal} aborts with exit code ${exitCode} (login case 16)`, async () => {
        expect(await interrupt('waits', signal)).to.deep.include({
          lines: [`CANCELLED ${exitCode} ${exitCode}`],
          code: 0,
        })
      })
    }

    it('ends what waits for somebody to type', async () => {
      expect((await interrupt('reads', 'SIGTERM')).lines).to.deep.equal(['CANCELLED 143 143'])
    })

    it('ends the process by the second one, where the first did not (login case 19)', async () => {
      expect(await interrupt('deaf', 'SIGINT', 'SIGINT')).to.deep.include({lines: ['aborted'], code: 130})
    })

    it('waits for the next checkpoint of work that must come to a clean end', async () => {
      expect((await interrupt('checkpoint', 'SIGTERM')).lines).to.deep.equal([
        'aborted false',
        'CANCELLED 143 143',
        'aborted true',
        'CANCELLED 143 143',
      ])
    })

    it('is too late for work past its last checkpoint', async () => {
      expect((await interrupt('completes', 'SIGINT')).lines).to.deep.equal(['done', 'aborted true'])
    })

    it('is the system’s own business once cancellation is stopped', async () => {
      expect(await interrupt('stopped', 'SIGTERM')).to.include({signal: 'SIGTERM'})
    })
  })
})
