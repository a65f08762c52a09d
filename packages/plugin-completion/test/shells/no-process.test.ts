import {expect} from 'chai'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {useTemporaryFolder} from '../../../plugin-auth/test/support/temporary-folder.js'
import {type Line, LINES} from '../support/lines.js'
import {makeSample, type Sample} from '../support/sample.js'
import {BASH_COMPLETION, STARTED_SHELLS, startShell} from '../support/start-shell.js'

/** The files of a person are for the shell to find, and bash completes no command there. */
const isOurs = ({typed}: Line): boolean => !/--out-file| -- rep/.test(typed) && !typed.startsWith('echo $(')

for (const started of STARTED_SHELLS) {
  describe(`what a TAB costs in ${started.title}`, () => {
    requireTools(started.shell, 'strace')
    requireThat(existsSync(BASH_COMPLETION), `needs ${BASH_COMPLETION}`)

    const folder = useTemporaryFolder()
    let sample: Sample

    before(async () => {
      sample = await makeSample()
    })
    after(() => sample.remove())

    it('is no process', async () => {
      const log = join(folder(), 'strace')
      const calls = 'trace=clone,clone3,fork,vfork,execve'
      const session = await startShell(sample, started, folder(), [
        'strace',
        '-f',
        '--seccomp-bpf',
        '-qq',
        '-e',
        calls,
        '-o',
        log,
      ])
      const processes = (): string[] =>
        readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => /\b(?:clone3?|v?fork|execve)\(/.test(line) && !line.includes('CLONE_THREAD'))
      try {
        await session.tab('llamactl ')
        await session.clear()
        const before = processes()
        expect(before).not.to.be.empty
        for (const {typed} of LINES.filter(isOurs).filter((_, index) => index % 3 === 0)) {
          await session.tab(typed)
          await session.clear()
          expect(processes().slice(before.length), typed).to.deep.equal([])
        }
      } finally {
        session.close()
      }
    })
  })
}
