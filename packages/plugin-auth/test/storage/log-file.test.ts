import {spawn, spawnSync} from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {createFolder} from '../../src/storage/folder.js'
import type {LogFile} from '../../src/storage/log-file.js'
import {refusal} from '../support/refusal.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

/** The compiled code: processes through tsx would take long to start. */
const MODULE = new URL('../../dist/storage/folder.js', import.meta.url)

describe('a log file', () => {
  const temporary = useTemporaryFolder()
  let warnings: string[]
  let root: string
  let log: LogFile

  beforeEach(() => {
    warnings = []
    root = join(temporary(), 'config')
    log = createFolder({path: root, warn: (text) => warnings.push(text)}).log('notes')
  })

  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

  it('has no lines where there is none, and leaves the disk as it was', async () => {
    expect(await log.lines()).to.deep.equal([])
    expect(() => statSync(root)).to.throw('ENOENT')
  })

  it('gives back the lines in their order, for their owner alone', async () => {
    for (const line of ['a', 'ö 🔑', 'c']) await log.append(line)
    expect(await log.lines()).to.deep.equal(['a', 'ö 🔑', 'c'])
    expect([modeOf(root), modeOf(log.path)]).to.deep.equal(['700', '600'])
  })

  it('is for its owner alone whatever the umask is', () => {
    const program = `
      import {createFolder} from ${JSON.stringify(MODULE.href)}
      process.umask(0o777)
      await createFolder({path: ${JSON.stringify(root)}, warn() {}}).log('notes').append('a')`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', program]).status).to.equal(0)
    expect(modeOf(log.path)).to.equal('600')
  })

  it('is tightened with a warning when others could read it', async () => {
    await log.append('a')
    chmodSync(log.path, 0o644)
    await log.append('b')
    expect(modeOf(log.path)).to.equal('600')
    expect(warnings.join()).to.contain('was open to other users')
  })

  it('does not lose the next line to a part of one that was left', async () => {
    await log.append('a')
    appendFileSync(log.path, 'half of a li')
    await log.append('b')
    await log.append('c')
    expect(await log.lines()).to.deep.equal(['a', 'half of a li', 'b', 'c'])
    expect(readFileSync(log.path, 'utf8')).to.equal('a\nhalf of a li\nb\nc\n')
  })

  it('keeps two files of 256 KiB, and drops the oldest lines', async () => {
    const line = (number: number): string => `${number} ${'x'.repeat(20_000)}`
    for (let number = 1; number <= 50; number++) await log.append(line(number))
    const numbers = (await log.lines()).map((text) => Number.parseInt(text, 10))
    expect(numbers.at(-1)).to.equal(50)
    expect(numbers.length).to.be.within(13, 26)
    expect(numbers).to.deep.equal(numbers.map((_, index) => 50 - numbers.length + 1 + index))
    for (const name of ['notes.log', 'notes.older.log']) {
      expect(statSync(join(root, name)).size).to.be.at.most(256 * 1024)
      expect(modeOf(join(root, name))).to.equal('600')
    }
  })

  it('keeps the lines of processes that write at the same time, also while it is moved on', async () => {
    const writer = (name: string) => `
      import {createFolder} from ${JSON.stringify(MODULE.href)}
      const log = createFolder({path: ${JSON.stringify(root)}, warn() {}}).log('notes')
      for (let count = 0; count < 100; count++) await log.append('${name} ' + count + ' ' + 'x'.repeat(700))`
    const names = ['a', 'b', 'c', 'd']
    await Promise.all(
      names.map(
        (name) =>
          new Promise((resolve) => {
            spawn(process.execPath, ['--input-type=module', '-e', writer(name)], {stdio: 'inherit'}).once(
              'exit',
              resolve,
            )
          }),
      ),
    )
    const seen = (await log.lines()).map((text) => text.replace(/ x+$/, ''))
    for (const name of names) {
      expect(seen.filter((text) => text.startsWith(name))).to.deep.equal(
        Array.from({length: 100}, (_, count) => `${name} ${count}`),
      )
    }
    expect(statSync(join(root, 'notes.older.log')).size, 'it was moved on').to.be.greaterThan(0)
  })

  const strange: Record<string, (path: string) => void> = {
    'a symbolic link': (path) => symlinkSync(join(temporary(), 'elsewhere'), path),
    'a symbolic link to a file': (path) => {
      writeFileSync(join(temporary(), 'elsewhere'), '')
      symlinkSync(join(temporary(), 'elsewhere'), path)
    },
    'a folder': (path) => mkdirSync(path),
    'a pipe': (path) => expect(spawnSync('mkfifo', [path]).status).to.equal(0),
    'a second link to a file': (path) => {
      writeFileSync(join(temporary(), 'elsewhere'), '', {mode: 0o600})
      linkSync(join(temporary(), 'elsewhere'), path)
    },
  }
  for (const [what, place] of Object.entries(strange)) {
    it(`neither reads nor writes ${what}`, async () => {
      mkdirSync(root, {mode: 0o700})
      place(log.path)
      expect((await refusal(log.append('a'), 'STORAGE_ERROR')).message).to.contain(log.path)
      if (what !== 'a symbolic link') expect((await refusal(log.lines(), 'STORAGE_ERROR')).message).to.contain(log.path)
    })
  }
})
