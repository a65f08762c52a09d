import {AuthError, suggest} from '../errors.js'
import type {StoreOf} from '../login/require-credential.js'
import type {Folder} from '../storage/folder.js'
import {pathExists} from '../storage/path-exists.js'
import type {ImportOutcome} from './import-outcome.js'
import {readDatabase, type StoredDatabase} from './read-database.js'
import {scrubDatabase} from './scrub-database.js'
import type {SqliteEngine} from './sqlite/sqlite-engine.js'

/** What the Python llamactl left on this computer. */
export interface Migration {
  /** The database to read, and others that are there as well. Throws `NOTHING_TO_IMPORT`. */
  locate(named?: string): {database: string; others: string[]}
  read(database: string): Promise<StoredDatabase>
  /** Takes the keys out that were read before and are in a credential store now. */
  scrub(database: string, storeOf: StoreOf, outcomes: ImportOutcome[]): Promise<ImportOutcome[]>
  /** The database that nobody was told of yet. Reads no database. */
  unseen(): Promise<string | undefined>
  /** A person knows of the databases now. */
  markSeen(): Promise<void>
}

export function createMigration({
  root,
  paths,
  loadEngine,
}: {
  root: Folder
  paths: string[]
  loadEngine: () => Promise<SqliteEngine>
}): Migration {
  const seen = root.file('python-import', {version: 1, parse: (value) => value})
  let loaded: Promise<SqliteEngine> | undefined
  const engine = (): Promise<SqliteEngine> => (loaded ??= loadEngine())
  const present = (): string[] => paths.filter(pathExists)

  return {
    locate(named) {
      const [database, ...others] = named === undefined ? present() : [named].filter(pathExists)
      if (database === undefined) throw nothingToImport(named === undefined ? paths : [named])
      return {database, others}
    },

    read: async (database) => readDatabase(await engine(), database),

    scrub: async (database, storeOf, outcomes) =>
      scrubDatabase({engine: await engine(), path: database, storeOf}, outcomes),

    async unseen() {
      const [database] = present()
      return database !== undefined && (await seen.read()) === undefined ? database : undefined
    },

    async markSeen() {
      if ((await seen.read()) === undefined) await seen.save({})
    },
  }
}

const nothingToImport = (paths: string[]): AuthError =>
  new AuthError('NOTHING_TO_IMPORT', `There is no database of the Python llamactl in ${paths.join(' or ')}.`, [
    suggest('auth:import', '--database PATH', 'if it is somewhere else'),
    suggest('auth:login', '', 'to log in'),
  ])
