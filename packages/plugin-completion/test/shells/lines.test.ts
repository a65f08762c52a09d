import {expect} from 'chai'
import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {useTemporaryFolder} from '../../../plugin-auth/test/support/temporary-folder.js'
import {LINES} from '../support/lines.js'
import {makeSample, type Sample} from '../support/sample.js'
import {BASH_COMPLETION, STARTED_SHELLS, startShell, STRANGE_SHELLS} from '../support/start-shell.js'

/** What a shell is given is quoted, begins after the last colon in bash, and has its flag before it in fish. */
function isOffer(wanted: string, given: string): boolean {
  const plain = given.replaceAll(/\\(.)/g, '$1')
  return wanted.endsWith(plain) || plain.endsWith(`=${wanted}`)
}

for (const started of [...STARTED_SHELLS, ...STRANGE_SHELLS]) {
  describe(`TAB in ${started.title}`, () => {
    requireTools(started.shell)
    requireThat(existsSync(BASH_COMPLETION), `needs ${BASH_COMPLETION}`)

    const folder = useTemporaryFolder()
    let sample: Sample

    before(async () => {
      sample = await makeSample()
    })
    after(() => sample.remove())

    it('completes each line as in the other shells, without calling the CLI', async () => {
      writeFileSync(join(folder(), 'report one.txt'), '')
      const session = await startShell(sample, started, folder())
      const wrong: unknown[] = []
      try {
        for (const {typed, line, offers, but} of LINES) {
          const got = await session.tab(typed)
          await session.clear()
          const wanted = but?.[started.shell] ?? line
          const missing = (offers ?? []).filter((offer) => !got.offers.some((each) => isOffer(offer, each)))
          const isSame = !offers || (missing.length === 0 && got.offers.length === offers.length)
          if (got.line !== wanted || !isSame) wrong.push({typed, wanted, offers, got})
        }
      } finally {
        session.close()
      }

      expect(wrong).to.deep.equal([])
      expect(sample.calls()).to.deep.equal([])
    })
  })
}
