import {execFileSync} from 'node:child_process'
import {expect} from 'chai'
import {existsSync, mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {useTemporaryFolder} from '../../../plugin-auth/test/support/temporary-folder.js'
import {makeSample, type Sample} from '../support/sample.js'
import {BASH_COMPLETION, STARTED_SHELLS, startShell} from '../support/start-shell.js'

/** What may be in the place of a file. */
const DAMAGE: Record<string, (path: string) => void> = {
  nothing: () => undefined,
  'an empty file': (path) => writeFileSync(path, ''),
  'a folder': (path) => mkdirSync(path),
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a symbolic link to nothing': (path) => symlinkSync('/nowhere/at/all', path),
  'random bytes': (path) => writeFileSync(path, Buffer.from(Array.from({length: 5000}, (_, i) => (i * 7919) % 256))),
  'another format': (path) => writeFileSync(path, 'V\t2\t-\nC\tauth\tx\nwork\t\n'),
  'half a header': (path) => writeFileSync(path, 'V\t1'),
  'a gibibyte of zeros': (path) => {
    writeFileSync(path, '')
    truncateSync(path, 1024 ** 3)
  },
  'an index of something that is gone': (path) => writeFileSync(path, 'V\t1\t-\t/nowhere/at/all\nC\tauth\tx\nwork\t\n'),
  'an index that is older than its source': (path) => {
    writeFileSync(path, `V\t1\t-\t${import.meta.filename}\nC\tauth\tx\nwork\t\n`)
    utimesSync(path, 1, 1)
  },
  'an index of another configuration': (path) => writeFileSync(path, 'V\t1\t=/other\nC\tauth\tx\nwork\t\n'),
}

for (const started of STARTED_SHELLS) {
  describe(`an index that cannot be used, in ${started.title}`, () => {
    requireTools(started.shell, 'mkfifo')
    requireThat(existsSync(BASH_COMPLETION), `needs ${BASH_COMPLETION}`)

    const folder = useTemporaryFolder()
    let sample: Sample

    before(async () => {
      sample = await makeSample()
    })
    after(() => sample.remove())

    it('makes no noise and no wait: the CLI is asked for another one, once', async () => {
      const session = await startShell(sample, started, folder())
      try {
        for (const [name, typed] of [
          ['spec.tsv', 'llamactl au'],
          ['v.profile.tsv', 'llamactl auth switch w'],
        ] as const) {
          for (const [what, damage] of Object.entries(DAMAGE)) {
            const calls = sample.calls().length
            rmSync(join(sample.folder, name), {recursive: true, force: true})
            damage(join(sample.folder, name))
            session.screen()
            const began = Date.now()
            for (let i = 0; i < 2; i += 1) {
              expect((await session.tab(typed)).line, what).to.equal(typed)
              await session.clear()
            }

            expect(Date.now() - began, what).to.be.below(5000)
            expect(session.screen(), what).not.to.match(/no such|cannot|denied|invalid|error|warning|null byte|too /i)
            expect(sample.calls().slice(calls), what).to.deep.equal(['completion refresh'])
            await session.run(started.shell === 'fish' ? 'set -g __llamactl_pause 0' : '__llamactl_pause=0')
          }

          rmSync(join(sample.folder, name), {recursive: true, force: true})
          await sample.refresh()
          expect((await session.tab(typed)).line).not.to.equal(typed)
          await session.clear()
        }
      } finally {
        session.close()
      }
    })

    it('gives the prompt back on Ctrl-C, where the CLI hangs', async () => {
      const other = await makeSample()
      other.hang()
      rmSync(other.folder, {recursive: true})
      const session = await startShell(other, started, folder())
      try {
        const began = Date.now()
        await session.tabAndCancel('llamactl au')
        await session.run('true')
        expect(Date.now() - began).to.be.below(10_000)
      } finally {
        session.close()
        other.remove()
      }
    })

    it('may hold what no writer puts there: values with control characters are left out', async () => {
      const calls = sample.calls().length
      const session = await startShell(sample, started, folder())
      sample.setValues('profile', [
        'esc\u001B[31mred\tx',
        'bell\u0007\tx',
        'cr\r\tx',
        'good\twith \u001B[31m',
        '\tempty',
        'plain',
      ])
      try {
        const {line} = await session.tab('llamactl auth switch ')
        expect(line).to.match(/^llamactl auth switch (?:good |plain )?$/)
        await session.clear()
        for (const start of ['e', 'b', 'c']) {
          expect((await session.tab(`llamactl auth switch ${start}`)).line).to.match(
            /^llamactl auth switch (?:[ebc]|good )$/,
          )
          await session.clear()
        }

        sample.setValues(
          'profile',
          Array.from({length: 300_000}, (_, i) => `name-${i}\t${'x'.repeat(80)}`),
        )
        const began = Date.now()
        expect((await session.tab('llamactl auth switch name-12345')).line).to.contain('name-12345')
        expect(Date.now() - began).to.be.below(15_000)
      } finally {
        session.close()
        await sample.refresh()
      }

      expect(sample.calls().length - calls).to.be.below(2)
    })
  })
}
