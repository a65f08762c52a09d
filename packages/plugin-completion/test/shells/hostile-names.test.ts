import {expect} from 'chai'
import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {useTemporaryFolder} from '../../../plugin-auth/test/support/temporary-folder.js'
import {isFitValue} from '../../src/index-files/fit-text.js'
import {hostileNames} from '../support/hostile-names.js'
import {makeSample, type Sample} from '../support/sample.js'
import {BASH_COMPLETION, STARTED_SHELLS, startShell} from '../support/start-shell.js'

/** What is typed before TAB, and what the CLI is to get before the name. */
const SITUATIONS = ['', '"', "'"].flatMap((quote) => [
  {typed: `llamactl auth switch ${quote}`, given: ['auth', 'switch', '']},
  {typed: `llamactl auth token --profile=${quote}`, given: ['auth', 'token', '--profile=']},
])

/** Written between double quotes, an exclamation mark would be replaced by an old command. */
const CANNOT_BE_WRITTEN: Record<string, RegExp> = {bash: /!/}

for (const started of STARTED_SHELLS) {
  describe(`hostile names in ${started.title}`, () => {
    requireTools(started.shell)
    requireThat(existsSync(BASH_COMPLETION), `needs ${BASH_COMPLETION}`)

    const folder = useTemporaryFolder()
    let sample: Sample

    before(async () => {
      sample = await makeSample()
    })
    after(() => sample.remove())

    it('are inserted as they are and given as they are, or not offered, and nothing is executed', async () => {
      const names = hostileNames(join(folder(), 'PWNED'))
      expect(names).to.have.length(55)
      const session = await startShell(sample, started, folder())
      const wrong: unknown[] = []
      let [offered, notOffered] = [0, 0]
      try {
        for (const name of names) {
          sample.setValues('profile', isFitValue(name) ? [`${name}\tabout $(touch ${folder()}/PWNED-d)`] : [])
          for (const {typed, given} of SITUATIONS) {
            const {line} = await session.tab(typed)
            if (line.trimEnd() === typed.trimEnd()) {
              notOffered += 1
              const isKnown = !isFitValue(name) || (typed.endsWith('"') && CANNOT_BE_WRITTEN[started.shell]?.test(name))
              if (!isKnown) wrong.push({typed, name, line})
              await session.clear()
              continue
            }

            offered += 1
            const got = await session.enter()
            const wanted = [...given.slice(0, -1), `${given.at(-1)}${name}`].filter(Boolean)
            if (JSON.stringify(got) !== JSON.stringify(wanted)) wrong.push({typed, name, line, got})
          }
        }
      } finally {
        session.close()
      }

      expect(wrong).to.deep.equal([])
      expect(readdirSync(folder())).to.deep.equal([])
      expect(offered + notOffered).to.equal(330)
      expect(offered).to.be.above(300)
      expect(sample.calls()).to.deep.equal([])
    })
  })
}
