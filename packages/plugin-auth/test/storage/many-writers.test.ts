import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {createFolder} from '../../src/storage/folder.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

/** The compiled code: fifty processes through tsx would take a minute. */
const MODULE = new URL('../../dist/storage/folder.js', import.meta.url)

const format = {version: 1, parse: (value: Record<string, unknown>) => value}

describe('many processes that write', () => {
  const temporary = useTemporaryFolder()
  const root = () => join(temporary(), 'config')

  function writer(body: string): ChildProcess {
    const program = `
      import {createFolder} from ${JSON.stringify(MODULE.href)}
      const format = {version: 1, parse: (value) => value}
      const folder = createFolder({path: ${JSON.stringify(root())}, warn() {}}).folder('notes')
      ${body}`
    return spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('.', MODULE)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve))

  it('keep what each of fifty wrote', async () => {
    const writers = Array.from({length: 50}, (_, index) => writer(`await folder.file('n${index}', format).save({})`))
    expect(new Set(await Promise.all(writers.map(exitOf)))).to.deep.equal(new Set([0]))
    expect(
      await createFolder({path: root(), warn() {}})
        .folder('notes')
        .fileNames(),
    ).to.have.length(50)
  })

  it('leave an old or a new document when they are killed, never half of one (case 44)', async () => {
    let kept = 0
    for (let round = 0; round < 25; round++) {
      const child = writer(`
        const text = 'x'.repeat(40_000)
        process.stdout.write('ready')
        for (let count = 0; ; count++) await folder.file('one', format).save({count, text, end: true})`)
      // On a busy machine a process takes longer to start than any time that one would wait here.
      await once(child.stdout!, 'data')
      await sleep(Math.random() * 40)
      child.kill('SIGKILL')
      await exitOf(child)
      const document = await createFolder({path: root(), warn() {}})
        .folder('notes')
        .file('one', format)
        .read()
      if (!document) continue
      kept++
      expect(document['end']).to.equal(true)
      expect(readFileSync(join(root(), 'notes', 'one.json'), 'utf8')).to.match(/}\n$/)
    }

    expect(kept).to.be.above(5)
  })

  it('are read without an error while they replace what is read (case 54)', async () => {
    const child = writer(`for (let count = 0; ; count++) await folder.file('one', format).save({count})`)
    const file = createFolder({path: root(), warn() {}})
      .folder('notes')
      .file('one', format)
    for (let tries = 0; tries < 200 && !(await file.read()); tries++) await sleep(10)
    const seen = new Set<unknown>()
    for (let reads = 0; reads < 2000; reads++) seen.add((await file.read())?.['count'])
    child.kill('SIGKILL')
    await exitOf(child)
    expect(seen.has(undefined)).to.equal(false)
    expect(seen.size).to.be.above(1)
  })
})
