import {createHash, randomBytes, randomUUID} from 'node:crypto'

import {snapshotOf} from '../snapshot.js'

/** An API key without its secret, of which only a hash is kept. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** Id of the user it belongs to. */
  readonly userId: string
  readonly projectId: string | null
  readonly redacted: string
  readonly createdAt: string
  /** Null: never. */
  readonly expiresAt: string | null
}

export interface NewApiKey {
  name: string
  userId: string
  projectId: string | null
}

export interface ApiKeyStore {
  list(): ApiKey[]
  /** Undefined for one that has expired, too. */
  findBySecret(secret: string): ApiKey | undefined
  add(key: NewApiKey, secret: string): ApiKey
  /** Makes a secret; nobody can read it again afterwards. `lifetime` in seconds, null for ever. */
  mint(key: NewApiKey, lifetime: number | null): {key: ApiKey; secret: string}
  remove(id: string): void
  snapshot(): () => void
}

export function createApiKeyStore(): ApiKeyStore {
  const byHash = new Map<string, ApiKey>()

  function add({name, userId, projectId}: NewApiKey, secret: string, lifetime: number | null = null): ApiKey {
    const now = Date.now()
    const createdAt = new Date(now).toISOString()
    const expiresAt = lifetime === null ? null : new Date(now + lifetime * 1000).toISOString()
    const key = {id: randomUUID(), name, userId, projectId, redacted: redact(secret), createdAt, expiresAt}
    byHash.set(hash(secret), key)
    return key
  }

  return {
    add,
    list: () => [...byHash.values()],

    findBySecret(secret) {
      const key = byHash.get(hash(secret))
      return key?.expiresAt && Date.parse(key.expiresAt) <= Date.now() ? undefined : key
    },

    mint(key, lifetime) {
      const secret = `llx-${randomBytes(24).toString('base64url')}`
      return {key: add(key, secret, lifetime), secret}
    },

    remove(id) {
      for (const [digest, key] of byHash) if (key.id === id) byHash.delete(digest)
    },

    snapshot: () => snapshotOf(byHash),
  }
}

// Looked up by digest: how long that takes says nothing about the secret.
const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64')

// Of a short secret the first and the last letters would be most of it.
const redact = (secret: string): string =>
  secret.length < 16 ? 'llx-****' : `${secret.slice(0, 6)}****${secret.slice(-4)}`
