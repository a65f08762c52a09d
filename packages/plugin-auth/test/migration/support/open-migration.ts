import {join} from 'node:path'
import type {ControlPlaneClient} from '../../../src/control-plane/control-plane-client.js'
import type {CredentialStore} from '../../../src/credentials/credential-store.js'
import type {EnvironmentStore} from '../../../src/environments/environment-store.js'
import type {ImportOutcome} from '../../../src/migration/import-outcome.js'
import {importProfiles} from '../../../src/migration/import-profiles.js'
import {createMigration, type Migration} from '../../../src/migration/migration.js'
import {planImport} from '../../../src/migration/plan-import.js'
import {loadEngine} from '../../../src/migration/sqlite/load-engine.js'
import type {ProfileStore} from '../../../src/profiles/profile-store.js'
import {createFolder} from '../../../src/storage/folder.js'
import {createMemoryCredentialStore} from '../../../src/testing/memory-credential-store.js'
import {fakeServer, openEnvironments, openLeftovers, openProfiles} from '../../login/support/fakes.js'
import {type PythonDatabase, writePythonDatabase} from '../../support/python-database.js'

export interface TestMigration {
  database: string
  migration: Migration
  environments: EnvironmentStore
  profiles: ProfileStore
  store: CredentialStore
  /** The keys that the server was asked about. */
  asked: string[]
  /** Writes the database, and imports it. */
  take(content: PythonDatabase, options?: {allowHttp?: boolean}): Promise<ImportOutcome[]>
  /** Imports what is there. */
  again(options?: {allowHttp?: boolean}): Promise<ImportOutcome[]>
}

/** Everything real but the server and the keychain. */
export function openMigration(
  folder: string,
  {
    projects = async () => [],
  }: {projects?: (key: string, apiUrl: string) => ReturnType<ControlPlaneClient['projects']>} = {},
): TestMigration {
  const path = join(folder, 'config')
  const database = join(folder, 'python', 'profiles.db')
  const environments = openEnvironments(path)
  const profiles = openProfiles(path)
  const store = createMemoryCredentialStore()
  const root = createFolder({path, warn() {}})
  const migration = createMigration({root, paths: [database], loadEngine})
  const asked: string[] = []
  const ports = {
    environments,
    profiles,
    leftovers: openLeftovers(path),
    storeOf: async () => store,
    controlPlane: () => Promise.reject(new Error('The key is another program’s: it is not touched at the server.')),
    connectOidc: () => Promise.reject(new Error('The key is another program’s: its provider is not asked.')),
    checkpoint() {},
    warn() {},
  }

  async function again({allowHttp = false} = {}): Promise<ImportOutcome[]> {
    const stored = await migration.read(database)
    const controlPlane = async (apiUrl: string, bearer: {reveal(): string}) =>
      fakeServer({
        projects: () => {
          asked.push(bearer.reveal())
          return projects(bearer.reveal(), apiUrl)
        },
      })
    const plan = await planImport({...ports, controlPlane}, stored, {allowHttp, verify: true})
    return importProfiles(ports, stored, plan, store)
  }

  return {
    database,
    migration,
    environments,
    profiles,
    store,
    asked,
    again,
    async take(content, options) {
      await writePythonDatabase(database, content)
      return again(options)
    },
  }
}
