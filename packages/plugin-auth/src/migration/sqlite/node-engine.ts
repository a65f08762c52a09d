import type {Row, SqliteEngine} from './sqlite-engine.js'
import {requireDatabase} from './snapshot.js'
import {databaseInUse, sqliteError} from './sqlite-error.js'

/** As much of `node:sqlite` as is used here: the types of Node 20 do not know it. */
interface DatabaseSync {
  exec(sql: string): void
  prepare(sql: string): {all(): Row[]; run(...parameters: (string | null)[]): unknown}
  close(): void
}

export interface NodeSqlite {
  DatabaseSync: new (path: string, options?: {readOnly?: boolean}) => DatabaseSync
}

/** The SQLite of this Node, where it has one. The warning that it is experimental is for programmers. */
export function findNodeSqlite(): NodeSqlite | undefined {
  const {emitWarning} = process
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

/** The real SQLite on the real file: it takes the locks that other programs see. */
export function createNodeEngine({DatabaseSync}: NodeSqlite): SqliteEngine {
  function open<T>(path: string, options: {readOnly: boolean}, work: (database: DatabaseSync) => T): T {
    requireDatabase(path)
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, options)
      database.exec(`PRAGMA trusted_schema = OFF; PRAGMA busy_timeout = ${PATIENCE}`)
      return work(database)
    } catch (error) {
      const {errcode} = error as {errcode?: unknown}
      throw typeof errcode === 'number' ? sqliteError(path, errcode) : error
    } finally {
      database?.close()
    }
  }

  return {
    name: 'node:sqlite',

    async read(path, work) {
      return open(path, {readOnly: true}, (database) => work({all: (sql) => database.prepare(sql).all()}))
    },

    async change(path, work) {
      open(path, {readOnly: false}, (database) => {
        database.exec('PRAGMA secure_delete = ON; BEGIN IMMEDIATE')
        try {
          work({
            all: (sql) => database.prepare(sql).all(),
            run: (sql, parameters) => void database.prepare(sql).run(...parameters),
          })
          database.exec('COMMIT')
        } catch (error) {
          database.exec('ROLLBACK')
          throw error
        }

        database.exec('VACUUM')
        const [checkpoint] = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
        if (checkpoint?.['busy'] === 1) throw databaseInUse(path)
      })
    },
  }
}

/** Milliseconds. Another program's transaction takes a few of them. */
const PATIENCE = 2000
