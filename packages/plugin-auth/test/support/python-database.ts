import init from '@sqlite.org/sqlite-wasm'
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'

/** A row as the Python llamactl writes it; earlier schemas leave the last three out. */
export interface PythonProfile {
  name: unknown
  api_url: unknown
  project_id?: unknown
  api_key?: unknown
  api_key_id?: unknown
  device_oidc?: unknown
}

export interface PythonDatabase {
  version?: 0 | 1 | 2
  profiles?: PythonProfile[]
  environments?: {api_url: unknown; requires_auth: unknown; min_llamactl_version?: unknown}[]
  currentProfile?: string
  currentEnvironment?: string
  /** SQL that is run last. */
  then?: string
}

const PROFILES = {
  0: 'CREATE TABLE profiles (name TEXT PRIMARY KEY, api_url TEXT NOT NULL, project_id TEXT NOT NULL, api_key TEXT)',
  1: 'CREATE TABLE profiles (name TEXT NOT NULL, api_url TEXT NOT NULL, project_id TEXT NOT NULL, api_key TEXT, PRIMARY KEY (name, api_url))',
  2: `CREATE TABLE profiles (name TEXT NOT NULL, api_url TEXT NOT NULL, project_id TEXT NOT NULL, api_key TEXT,
        api_key_id TEXT, device_oidc TEXT, id TEXT, PRIMARY KEY (name, api_url));
      CREATE UNIQUE INDEX idx_profiles_id ON profiles(id)`,
}

/** The bytes of a `profiles.db` in one of the three versions of its schema. */
export async function pythonDatabase({
  version = 2,
  profiles = [],
  environments = [],
  currentProfile,
  currentEnvironment,
  then,
}: PythonDatabase): Promise<Uint8Array> {
  const sqlite3 = await init({print() {}, printErr() {}})
  const database = new sqlite3.oo1.DB()
  const insert = (table: string, row: object): void => {
    const columns = Object.keys(row)
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
    database.exec({sql, bind: Object.values(row) as string[]})
  }

  database.exec(`${PROFILES[version]}; PRAGMA user_version = ${version};
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL)`)
  for (const profile of profiles) insert('profiles', {project_id: 'prj-1', ...profile})
  if (version > 0 || environments.length > 0) {
    database.exec(
      'CREATE TABLE environments (api_url TEXT PRIMARY KEY, requires_auth INTEGER NOT NULL, min_llamactl_version TEXT)',
    )
  }

  for (const environment of environments) insert('environments', environment)
  if (currentProfile !== undefined) insert('settings', {key: 'current_profile', value: currentProfile})
  if (currentEnvironment !== undefined) {
    insert('settings', {key: 'current_environment_api_url', value: currentEnvironment})
  }

  if (then !== undefined) database.exec(then)
  const bytes = sqlite3.capi.sqlite3_js_db_export(database)
  database.close()
  return bytes
}

/** As Python leaves it: readable for everybody, as far as the umask lets it. */
export async function writePythonDatabase(path: string, content: PythonDatabase): Promise<Uint8Array> {
  const bytes = await pythonDatabase(content)
  mkdirSync(dirname(path), {recursive: true})
  writeFileSync(path, bytes, {mode: 0o644})
  return bytes
}

/** What the Python llamactl keeps of a browser login. */
export const deviceLogin = (fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    device_name: 'ada-laptop',
    user_id: 'user-1',
    email: 'ada@example.com',
    client_id: 'cli',
    discovery_url: 'https://login.example.com/.well-known/openid-configuration',
    device_access_token: 'canary-access-token',
    device_refresh_token: 'canary-refresh-token',
    device_id_token: `e30.${Buffer.from('{"sub": "sub-1"}').toString('base64url')}.canary-id-token`,
    ...fields,
  })
