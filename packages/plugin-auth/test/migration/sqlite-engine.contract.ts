import {expect} from 'chai'
import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {isAuthError} from '../../src/errors.js'
import {DATABASE_LIMIT, type SqliteEngine} from '../../src/migration/sqlite/sqlite-engine.js'
import {writePythonDatabase} from '../support/python-database.js'
import {refusal} from '../support/refusal.js'
import {requireTools} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const KEY = 'llx-canary-key-7f3a'

/** What every SQLite engine has to do, whatever is behind it. */
export function itIsASqliteEngine(create: () => Promise<SqliteEngine>): void {
  const folder = useTemporaryFolder()
  let engine: SqliteEngine
  let path: string

  before(async () => {
    engine = await create()
  })
  beforeEach(async () => {
    path = join(folder(), 'profiles.db')
    await writePythonDatabase(path, {profiles: [{name: 'ada', api_url: 'https://api.example.com', api_key: KEY}]})
  })

  const names = (file = path) =>
    engine.read(file, (database) => database.all('SELECT name FROM profiles ORDER BY name').map((row) => row['name']))
  const forget = () =>
    engine.change(path, (database) => database.run('UPDATE profiles SET api_key = ? WHERE name = ?', [null, 'ada']))
  const damaged = (call: Promise<unknown>) => refusal(call, 'STORAGE_ERROR')

  it('reads rows, and leaves the file and its folder as they are', async () => {
    const before = readFileSync(path)
    chmodSync(path, 0o644)
    expect(await names()).to.deep.equal(['ada'])
    expect(statSync(path).mode & 0o777).to.equal(0o644)
    expect(readFileSync(path)).to.deep.equal(before)
    expect(readdirSync(folder())).to.deep.equal(['profiles.db'])
  })

  it('gives text with every character in it', async () => {
    const name = `Ζωή 🦙 "'\\ end`
    await writePythonDatabase(join(folder(), 'b.db'), {profiles: [{name, api_url: 'x'}]})
    expect(await names(join(folder(), 'b.db'))).to.deep.equal([name])
  })

  it('changes rows, and leaves nothing of what was there', async () => {
    await forget()
    expect(readFileSync(path).includes(KEY)).to.equal(false)
    expect(await names()).to.deep.equal(['ada'])
    expect(readdirSync(folder())).to.deep.equal(['profiles.db'])
  })

  it('leaves nothing of rows that were deleted earlier', async () => {
    const gone = 'llx-deleted-long-ago'
    await writePythonDatabase(path, {
      profiles: Array.from({length: 50}, (_, index) => ({name: `p${index}`, api_url: 'x', api_key: gone})),
      then: 'PRAGMA secure_delete = OFF; DELETE FROM profiles',
    })
    expect(readFileSync(path).includes(gone), 'as Python deletes').to.equal(true)
    await engine.change(path, () => undefined)
    expect(readFileSync(path).includes(gone)).to.equal(false)
  })

  it('changes all or nothing', async () => {
    const before = readFileSync(path)
    const work = engine.change(path, (database) => {
      database.run('UPDATE profiles SET api_key = ?', [null])
      throw new Error('on the way')
    })
    expect(await work.catch((error: Error) => error.message)).to.equal('on the way')
    expect(readFileSync(path)).to.deep.equal(before)
  })

  it('refuses what is no database, and names the file', async () => {
    for (const content of ['', 'not a database', `SQLite format 3\0${'x'.repeat(5000)}`]) {
      writeFileSync(path, content)
      expect((await damaged(names())).message).to.contain(path)
      await damaged(forget())
      expect(readFileSync(path, 'latin1')).to.equal(content)
    }
  })

  it('refuses a database that was cut off', async () => {
    writeFileSync(path, readFileSync(path).subarray(0, 4096))
    await damaged(names())
    await damaged(forget())
  })

  it('refuses what is not a file of its own: a link, a folder, a second name, too much', async () => {
    const other = join(folder(), 'other.db')
    symlinkSync(path, other)
    await damaged(names(other))
    mkdirSync(join(folder(), 'folder.db'))
    await damaged(names(join(folder(), 'folder.db')))
    const large = join(folder(), 'large.db')
    writeFileSync(large, Buffer.concat([readFileSync(path), Buffer.alloc(DATABASE_LIMIT)]))
    await damaged(names(large))
    linkSync(path, join(folder(), 'second.db'))
    await damaged(names())
  })

  it('does not wait for a writer at a FIFO', async () => {
    const fifo = join(folder(), 'fifo.db')
    expect(spawnSync('mkfifo', [fifo]).status).to.equal(0)
    await damaged(names(fifo))
  })

  it('refuses a file that is not there, and makes none', async () => {
    const nowhere = join(folder(), 'nowhere.db')
    await damaged(names(nowhere))
    await damaged(engine.change(nowhere, () => undefined))
    expect(existsSync(nowhere)).to.equal(false)
  })

  describe('beside another program', () => {
    requireTools('python3')

    const children: ChildProcess[] = []
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL')
    })

    /** Runs a script on the database, and keeps its process until the function that is returned. */
    async function holding(script: string): Promise<() => Promise<void>> {
      const lines = ['import sqlite3, sys', 'c = sqlite3.connect(sys.argv[1], isolation_level=None)', script]
      const child = spawn('python3', [
        '-c',
        [...lines, 'print("ready", flush=True)', 'sys.stdin.read()'].join('\n'),
        path,
      ])
      children.push(child)
      child.stderr.pipe(process.stderr)
      await once(child.stdout, 'data')
      return async () => {
        child.stdin.end()
        await once(child, 'close')
      }
    }

    const insert = (name: string) =>
      `c.execute("insert into profiles (name, api_url, project_id) values ('${name}', 'x', 'y')")`

    it('reads what is committed and not what is being written', async () => {
      const release = await holding(`c.execute("begin immediate")\n${insert('grace')}`)
      expect(await names()).to.deep.equal(['ada'])
      await release()
    })

    it('changes nothing while another program writes, or means to', async () => {
      const before = readFileSync(path)
      for (const script of ['c.execute("begin immediate")', `c.execute("begin immediate")\n${insert('grace')}`]) {
        const release = await holding(script)
        expect((await damaged(forget())).message).to.contain('in use')
        expect(readFileSync(path)).to.deep.equal(before)
        await release()
      }

      await forget()
    })

    it('reads a write-ahead log, and loses nothing of it', async () => {
      const release = await holding(`c.execute("pragma journal_mode = wal")\n${insert('grace')}`)
      expect(await names()).to.deep.equal(['ada', 'grace'])
      await release()
      expect(await names()).to.deep.equal(['ada', 'grace'])
    })

    it('goes by what was there before a writer died, or says what puts that back', async () => {
      const more = 'c.execute("create table more as select hex(zeroblob(90000)) as x")'
      const rename = `c.execute("update profiles set name = 'half-written'")`
      const release = await holding(`c.execute("pragma cache_size = 1")\nc.execute("begin")\n${rename}\n${more}`)
      const left = join(folder(), 'left.db')
      for (const suffix of ['', '-journal']) copyFileSync(path + suffix, left + suffix)
      await release()
      expect(readFileSync(left).includes('half-written')).to.equal(true)
      const orCutShort = async (work: () => Promise<unknown>) => {
        try {
          await work()
        } catch (error) {
          if (!isAuthError(error)) throw error
          expect(error.suggestions.join()).to.contain('Python llamactl once')
        }
      }

      await orCutShort(async () => expect(await names(left)).to.deep.equal(['ada']))
      path = left
      await orCutShort(async () => {
        await forget()
        const rows = await engine.read(path, (database) => database.all('SELECT api_key FROM profiles'))
        expect(rows.map((row) => row['api_key'])).to.deep.equal([null])
      })
      await orCutShort(async () => expect(await names()).to.deep.equal(['ada']))
    })

    it('puts a log that nobody uses any more into the file, or refuses and says what does', async () => {
      const release = await holding(`c.execute("pragma journal_mode = wal")\n${insert('grace')}`)
      const left = join(folder(), 'left.db')
      for (const suffix of ['', '-wal']) copyFileSync(path + suffix, left + suffix)
      await release()
      path = left
      try {
        await forget()
        expect(existsSync(`${left}-wal`) && readFileSync(`${left}-wal`).length > 0).to.equal(false)
        expect(readFileSync(left).includes(KEY)).to.equal(false)
      } catch (error) {
        expect((error as Error).message).to.contain('-wal')
      }

      expect(await names()).to.deep.equal(['ada', 'grace'])
    })
  })
}
