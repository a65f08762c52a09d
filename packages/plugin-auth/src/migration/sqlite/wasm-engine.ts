import init, {type Database, type Sqlite3Static} from '@sqlite.org/sqlite-wasm'
import {isLockedBetween, replaceForeignFile} from '../../storage/foreign-file.js'
import {storageError} from '../../storage/storage-error.js'
import {isSameSnapshot, type Snapshot, takeSnapshot} from './snapshot.js'
import type {Row, SqliteEngine} from './sqlite-engine.js'
import {databaseInUse, sqliteError} from './sqlite-error.js'

/**
 * SQLite as WebAssembly. It sees no file of this computer, only copies in its own memory: a log beside the database is
 * played back there, and nowhere else.
 */
export async function createWasmEngine(): Promise<SqliteEngine> {
  const sqlite3 = await init({print: () => undefined, printErr: () => undefined})

  return {
    name: 'wasm',

    async read(path, work) {
      return withCopy(sqlite3, path, takeSnapshot(path), (database) => work(reader(database)))
    },

    async change(path, work) {
      const snapshot = takeSnapshot(path)
      if (snapshot.journal.length > 0 || isLocked(path)) throw databaseInUse(path)
      if (snapshot.wal.length > 0) throw logBeside(path)
      const changed = withCopy(sqlite3, path, snapshot, (database) => {
        database.exec('PRAGMA secure_delete = ON')
        database.transaction(() =>
          work({...reader(database), run: (sql, parameters) => void database.exec({sql, bind: parameters})}),
        )
        database.exec('PRAGMA journal_mode = DELETE; VACUUM')
        return sqlite3.capi.sqlite3_js_db_export(database)
      })
      // Without a lock of its own, this looks once more right before: what somebody wrote meanwhile is not overwritten.
      if (!isSameSnapshot(takeSnapshot(path), snapshot) || isLocked(path)) throw databaseInUse(path)
      await replaceForeignFile(path, changed)
    },
  }
}

/** The bytes that SQLite locks (https://sqlite.org/fileformat2.html, the lock-byte page). */
const isLocked = (path: string): boolean => isLockedBetween(path, 0x4000_0000, 0x4000_01ff)

let copies = 0

function withCopy<T>(sqlite3: Sqlite3Static, path: string, snapshot: Snapshot, work: (database: Database) => T): T {
  const name = `/copy-${++copies}.db`
  let database: Database | undefined
  try {
    const {sqlite3_js_posix_create_file: put} = sqlite3.capi
    // A Buffer is refused: only typed arrays of that very class are taken.
    put(name, new Uint8Array(snapshot.main))
    if (snapshot.wal.length > 0) put(`${name}-wal`, new Uint8Array(snapshot.wal))
    if (snapshot.journal.length > 0) put(`${name}-journal`, new Uint8Array(snapshot.journal))
    database = new sqlite3.oo1.DB({filename: name, flags: 'w', vfs: 'unix'})
    // There is no shared memory to keep the index of a write-ahead log in; alone, SQLite needs none.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF')
    return work(database)
  } catch (error) {
    throw error instanceof sqlite3.SQLite3Error ? sqliteError(path, error.resultCode) : error
  } finally {
    database?.close()
  }
}

const reader = (database: Database) => ({all: (sql: string): Row[] => database.selectObjects(sql)})

const logBeside = (path: string) =>
  storageError(
    path,
    'has changes in a log beside it (-wal) that only a program with SQLite of its own can put into it',
    'Close the programs that use it, run `sqlite3 FILE "PRAGMA wal_checkpoint(TRUNCATE)"`, or use Node.js 22.13 or newer; then try again.',
  )
