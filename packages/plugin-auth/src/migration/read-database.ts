import {Secret} from '../secret.js'
import {storageError} from '../storage/storage-error.js'
import type {Row, SqliteEngine, SqliteReader} from './sqlite/sqlite-engine.js'

/** What stands in the database, as text; what is not text there is null. What may hold a secret is one. */
export interface StoredProfile {
  name: string | null
  api_url: string | null
  project_id: string | null
  api_key: Secret | null
  api_key_id: string | null
  /** JSON with tokens in it. */
  device_oidc: Secret | null
}

export interface StoredEnvironment {
  api_url: string | null
  requires_auth: boolean
  min_llamactl_version: string | null
}

export interface StoredDatabase {
  profiles: StoredProfile[]
  environments: StoredEnvironment[]
  currentProfile: string | null
  currentEnvironment: string | null
}

/** The profiles of the Python llamactl in the versions 0 to 2 of its schema. Rejects with `STORAGE_ERROR` for others. */
export const readDatabase = (engine: SqliteEngine, path: string): Promise<StoredDatabase> =>
  engine.read(path, (database) => readTables(database, path))

function readTables(database: SqliteReader, path: string): StoredDatabase {
  const version = Number(database.all('PRAGMA user_version')[0]?.['user_version'])
  if (version > NEWEST_SCHEMA) {
    throw storageError(
      path,
      `was written by a newer Python llamactl (schema ${version}; known are 0 to ${NEWEST_SCHEMA})`,
      'Upgrade, then try again.',
    )
  }

  const columns = columnsOf(database, 'profiles')
  if (!columns.has('name') || !columns.has('api_url')) {
    throw storageError(path, 'has no profiles of llamactl in it', 'Name another file with --database.')
  }

  const rows = textsOf(database, 'profiles', ['name', 'api_url', 'project_id', 'api_key', 'api_key_id', 'device_oidc'])
  if (rows.length > MOST_ROWS) {
    throw storageError(path, `has more than ${MOST_ROWS} profiles`, 'Name another file with --database.')
  }

  const settings = new Map(textsOf(database, 'settings', ['key', 'value']).map((row) => [row['key'], row['value']]))
  return {
    profiles: rows.map(toProfile),
    environments: textsOf(database, 'environments', ['api_url', 'min_llamactl_version'], REQUIRES_AUTH).map((row) => ({
      api_url: textIn(row, 'api_url'),
      requires_auth: row['requires_auth'] === 'yes',
      min_llamactl_version: textIn(row, 'min_llamactl_version'),
    })),
    currentProfile: asText(settings.get('current_profile')),
    currentEnvironment: asText(settings.get('current_environment_api_url')),
  }
}

const NEWEST_SCHEMA = 2
const MOST_ROWS = 1000

/** In the way of Python's `bool`. */
const REQUIRES_AUTH = `CASE WHEN requires_auth = 0 OR requires_auth IS NULL THEN 'no' ELSE 'yes' END AS requires_auth`

const toProfile = (row: Row): StoredProfile => ({
  name: textIn(row, 'name'),
  api_url: textIn(row, 'api_url'),
  project_id: textIn(row, 'project_id'),
  api_key: secretIn(row, 'api_key'),
  api_key_id: textIn(row, 'api_key_id'),
  device_oidc: secretIn(row, 'device_oidc'),
})

/**
 * The columns of a table, none where there is no such table. A view, or a column that is computed, could keep SQLite busy
 * for ever; `table_info` leaves computed ones out.
 */
export function columnsOf(database: SqliteReader, table: string): Set<string> {
  const [found] = database.all(`SELECT 1 AS is_there FROM sqlite_master WHERE type = 'table' AND name = '${table}'`)
  if (!found) return new Set()
  return new Set(database.all(`PRAGMA table_info(${table})`).map((row) => textIn(row, 'name') ?? ''))
}

/** Earlier schemas lack some of the columns. Only text comes through, so that both engines give the same. */
function textsOf(database: SqliteReader, table: string, wanted: string[], extra?: string): Row[] {
  const there = columnsOf(database, table)
  if (there.size === 0) return []
  const columns = wanted.map((name) =>
    there.has(name) ? `CASE typeof(${name}) WHEN 'text' THEN ${name} END AS ${name}` : `NULL AS ${name}`,
  )
  const all = [...columns, ...(extra && there.has('requires_auth') ? [extra] : [])]
  return database.all(`SELECT ${all.join(', ')} FROM ${table} LIMIT ${MOST_ROWS + 1}`)
}

const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const textIn = (row: Row, name: string): string | null => asText(row[name])

function secretIn(row: Row, name: string): Secret | null {
  const text = textIn(row, name)
  return text === null ? null : new Secret(text)
}
