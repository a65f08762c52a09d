import {readForeignFile} from '../../storage/foreign-file.js'
import {storageError} from '../../storage/storage-error.js'
import {DATABASE_LIMIT} from './sqlite-engine.js'
import {databaseInUse, sqliteError} from './sqlite-error.js'

/** A database with the logs that SQLite keeps beside it while it works, or leaves when it dies. */
export interface Snapshot {
  main: Buffer
  wal: Buffer
  journal: Buffer
}

/** Read until two readings agree: whoever holds no lock may meet a writer. */
export function takeSnapshot(path: string): Snapshot {
  let earlier = readOnce(path)
  for (let attempt = 0; attempt < 5; attempt++) {
    const snapshot = readOnce(path)
    if (isSameSnapshot(earlier, snapshot)) return snapshot
    earlier = snapshot
  }

  throw databaseInUse(path)
}

export const isSameSnapshot = (a: Snapshot, b: Snapshot): boolean =>
  a.main.equals(b.main) && a.wal.equals(b.wal) && a.journal.equals(b.journal)

function readOnce(path: string): Snapshot {
  const main = requireDatabase(path)
  const beside = (suffix: string) => readForeignFile(path + suffix, DATABASE_LIMIT) ?? Buffer.alloc(0)
  return {main, wal: beside('-wal'), journal: beside('-journal')}
}

/** The bytes of the file; refuses what does not begin as a database does. */
export function requireDatabase(path: string): Buffer {
  const main = readForeignFile(path, DATABASE_LIMIT)
  if (!main) throw storageError(path, 'is not there any more', 'Look at that path, then try again.')
  if (!main.subarray(0, MAGIC.length).equals(MAGIC)) throw sqliteError(path, NOT_A_DATABASE)
  return main
}

const MAGIC = Buffer.from('SQLite format 3\0')
const NOT_A_DATABASE = 26
