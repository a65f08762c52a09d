import type {StoreOf} from '../login/require-credential.js'
import type {Secret} from '../secret.js'
import {readForeignFile} from '../storage/foreign-file.js'
import {storageError} from '../storage/storage-error.js'
import {holdsKey} from './find-known.js'
import type {ImportOutcome} from './import-outcome.js'
import {withoutTokens} from './parse-device-login.js'
import {columnsOf, type StoredProfile} from './read-database.js'
import {DATABASE_LIMIT, type SqliteEngine, type SqliteWriter} from './sqlite/sqlite-engine.js'

/**
 * Takes out of the database the keys that the credential store gives back right now, with their tokens; the rows stay, so
 * that the Python llamactl still lists them. Then looks at the bytes of the file: no such key may be left in it.
 */
export async function scrubDatabase(
  {engine, path, storeOf}: {engine: SqliteEngine; path: string; storeOf: StoreOf},
  outcomes: ImportOutcome[],
): Promise<ImportOutcome[]> {
  const safe = new Set<ImportOutcome>()
  for (const outcome of outcomes) {
    const {candidate, profile} = outcome
    if (candidate?.apiKey && profile && (await holdsKey(storeOf, profile, candidate.apiKey))) safe.add(outcome)
  }

  const scrubbed = new Set<ImportOutcome>()
  await engine.change(path, (database) => {
    for (const outcome of safe) {
      if (outcome.candidate && scrubRow(database, outcome.candidate.row)) scrubbed.add(outcome)
    }
  })
  requireGone(path, outcomes, scrubbed)
  return outcomes.map((outcome) => {
    if (scrubbed.has(outcome)) return {...outcome, isScrubbed: true}
    if (!outcome.candidate?.apiKey || outcome.status === 'skipped') return outcome
    return {...outcome, reason: safe.has(outcome) ? CHANGED : OTHER_KEY}
  })
}

const CHANGED = 'Its row in the database was changed meanwhile, and stays as it is.'
const OTHER_KEY = 'The database has another key for it than the one kept here, and keeps that.'

/** Only while the row still holds what was read: a newer key is not in our store. */
function scrubRow(database: SqliteWriter, {name, api_url, api_key, device_oidc}: StoredProfile): boolean {
  const columns = columnsOf(database, 'profiles')
  const login = device_oidc && withoutTokens(device_oidc.reveal())
  // Without the id of the key, a logout there cannot delete at the server what is used here now.
  const changes: [string, string | null][] = [
    ['api_key', null],
    ['api_key_id', null],
    ['device_oidc', login],
  ]
  const there = changes.filter(([column]) => columns.has(column))
  database.run(
    `UPDATE profiles SET ${there.map(([column]) => `${column} = ?`).join(', ')}
      WHERE name = ? AND api_url = ? AND api_key = ?`,
    [...there.map(([, value]) => value), name, api_url, api_key?.reveal() ?? null],
  )
  return database.all('SELECT changes() AS count')[0]?.['count'] === 1
}

function requireGone(path: string, outcomes: ImportOutcome[], scrubbed: Set<ImportOutcome>): void {
  const kept = outcomes.filter((outcome) => !scrubbed.has(outcome)).flatMap(secretsOf)
  const gone = [...scrubbed].flatMap(secretsOf).filter((secret) => !kept.some((other) => other.equals(secret)))
  for (const suffix of ['', '-wal', '-journal']) {
    const content = readForeignFile(path + suffix, DATABASE_LIMIT)
    if (content && gone.some((secret) => content.includes(secret.reveal()))) {
      throw storageError(path + suffix, 'still has a key in it', 'Close the programs that use it, then try again.')
    }
  }
}

const secretsOf = ({candidate}: ImportOutcome): Secret[] =>
  [candidate?.apiKey, candidate?.refreshToken].filter((secret) => secret !== undefined)
