export type Row = Record<string, unknown>

export interface SqliteReader {
  all(sql: string): Row[]
}

export interface SqliteWriter extends SqliteReader {
  run(sql: string, parameters: (string | null)[]): void
}

/**
 * A database of another program, by its path. Both methods reject with `STORAGE_ERROR` for what is no database, is
 * damaged, in use, not a regular file, or not one's own; nothing is changed then.
 */
export interface SqliteEngine {
  readonly name: 'node:sqlite' | 'wasm'
  /** What is committed, also as far as it stands in a log beside the file. The file stays as it is, byte for byte. */
  read<T>(path: string, work: (database: SqliteReader) => T): Promise<T>
  /** One transaction. Afterwards nothing is left in the file of what was overwritten or deleted, now or earlier. */
  change(path: string, work: (database: SqliteWriter) => void): Promise<void>
}

/** What a database of some profiles cannot reach: it is read into memory. */
export const DATABASE_LIMIT = 16 * 1024 * 1024
