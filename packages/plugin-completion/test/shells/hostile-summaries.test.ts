import type {Config} from '@oclif/core'
import {expect} from 'chai'
import {existsSync, readdirSync} from 'node:fs'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {useTemporaryFolder} from '../../../plugin-auth/test/support/temporary-folder.js'
import {makeSample} from '../support/sample.js'
import {BASH_COMPLETION, STARTED_SHELLS, startShell} from '../support/start-shell.js'

/** As help texts made from an API description may be; and what oclif itself would evaluate. */
const summary = (trap: string): string =>
  [
    `$(touch ${trap}/1) \`touch ${trap}/2\` "; touch ${trap}/3; "`,
    `' ; touch ${trap}/4 ; ' \${x:=\`touch ${trap}/5\`} [a:b:((touch ${trap}/6))] {touch ${trap}/7}`,
    `%F{red} %(!.a.b) <%= require('fs').writeFileSync('${trap}/8', '') %> \u001B[31mred\u0007 \\e\\x41 *(e:touch ${trap}/9:)`,
  ].join(' ')

function speakIll(config: Config, trap: string): void {
  for (const command of config.commands) {
    Object.assign(command, {summary: summary(trap)})
    for (const flag of Object.values(command.flags)) Object.assign(flag, {summary: summary(trap)})
  }

  const [model] = config.commands
  for (const id of ['auth:template list)', 'auth:$(touch x)', 'auth:a`b`', 'auth:*', 'auth:new\nline', 'auth:-rf']) {
    config.commands.push({...model!, id, aliases: [], hiddenAliases: []})
  }
}

for (const started of STARTED_SHELLS) {
  describe(`hostile summaries and ids of commands in ${started.title}`, () => {
    requireTools(started.shell)
    requireThat(existsSync(BASH_COMPLETION), `needs ${BASH_COMPLETION}`)

    const folder = useTemporaryFolder()

    it('are shown or left out, and nothing is executed', async () => {
      const sample = await makeSample((config) => speakIll(config, folder()))
      const session = await startShell(sample, started, folder())
      try {
        for (const typed of ['llamactl ', 'llamactl auth ', 'llamactl auth switch --', 'llamactl help auth ']) {
          // The second TAB lists, with the summaries.
          const {offers} = await session.tab(`${typed}\t`)
          expect(offers).not.to.be.empty
          for (const offer of offers) expect(offer).to.match(/^[\w-]+( |$)/)
          await session.clear()
        }

        expect((await session.tab('llamactl auth sw')).line).to.equal('llamactl auth switch ')
        await session.clear()
        expect(session.screen()).to.contain('touch').and.not.to.contain('\u001B[31mred')
      } finally {
        session.close()
        sample.remove()
      }

      expect(readdirSync(folder())).to.deep.equal([])
    })
  })
}
