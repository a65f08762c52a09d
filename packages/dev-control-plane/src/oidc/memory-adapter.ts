import type {Adapter, AdapterFactory, AdapterPayload} from 'oidc-provider'

import {snapshotOf} from '../snapshot.js'

// oidc-provider tells "expired" from "unknown" only while the entry is still there.
const GRACE_SECONDS = 60
const SWEEP_ABOVE = 1000

interface Entry {
  payload: AdapterPayload
  /** Milliseconds since the epoch; `Infinity` when it never ends. */
  until: number
}

export interface ProviderMemory {
  adapter: AdapterFactory
  /** What it remembers of one kind, the oldest first. */
  payloads(model: string): AdapterPayload[]
  snapshot(): () => void
}

/** Everything oidc-provider wants to remember, in memory and for this provider only. */
export function createProviderMemory(): ProviderMemory {
  const entries = new Map<string, Entry>()
  const keysOfGrant = new Map<string, Set<string>>()
  const idOfUserCode = new Map<string, string>()
  const idOfSessionUid = new Map<string, string>()

  function read(key: string): AdapterPayload | undefined {
    const entry = entries.get(key)
    if (entry && entry.until > Date.now()) return entry.payload
    entries.delete(key)
    return undefined
  }

  function sweep(): void {
    if (entries.size > SWEEP_ABOVE) for (const key of entries.keys()) read(key)
  }

  const adapter = (model: string): Adapter => {
    const keyOf = (id: string): string => `${model}:${id}`

    return {
      async upsert(id, payload, expiresIn) {
        sweep()
        const until = expiresIn === undefined ? Infinity : Date.now() + (expiresIn + GRACE_SECONDS) * 1000
        entries.set(keyOf(id), {payload, until})
        if (payload.userCode !== undefined) idOfUserCode.set(payload.userCode, id)
        if (model === 'Session' && payload.uid !== undefined) idOfSessionUid.set(payload.uid, id)
        if (payload.grantId === undefined || model === 'Session' || model === 'Interaction') return
        const keys = keysOfGrant.get(payload.grantId) ?? new Set()
        keysOfGrant.set(payload.grantId, keys.add(keyOf(id)))
      },

      find: async (id) => read(keyOf(id)),
      findByUserCode: async (userCode) => read(keyOf(idOfUserCode.get(userCode) ?? '')),
      findByUid: async (uid) => read(keyOf(idOfSessionUid.get(uid) ?? '')),

      async consume(id) {
        const payload = read(keyOf(id))
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      },

      async destroy(id) {
        entries.delete(keyOf(id))
      },

      async revokeByGrantId(grantId) {
        for (const key of keysOfGrant.get(grantId) ?? []) entries.delete(key)
        keysOfGrant.delete(grantId)
      },
    }
  }

  const payloads = (model: string): AdapterPayload[] =>
    [...entries].flatMap(([key, {payload}]) => (key.startsWith(`${model}:`) ? [payload] : []))

  return {adapter, payloads, snapshot: () => snapshotOf(entries, keysOfGrant, idOfUserCode, idOfSessionUid)}
}
