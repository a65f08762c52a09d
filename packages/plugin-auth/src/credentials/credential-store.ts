import type {Secret} from '../secret.js'

/** Where one secret lives, as the profile records it. Only the store and engine named here are ever read. */
export interface CredentialReference {
  store: 'keychain' | 'file'
  /** Which library wrote it: `keytar` or `keyring` in the keychain, `plain` in a file. */
  engine: string
  service: string
  account: string
}

/**
 * Keeps secrets by service and account. The methods reject with an `AuthError`: `KEYCHAIN_LOCKED`,
 * `KEYCHAIN_UNAVAILABLE`, `KEYCHAIN_TIMEOUT`, `KEYCHAIN_ERROR` (keychain) or `STORAGE_ERROR` (file). There is no list:
 * profiles are listed from their metadata.
 */
export interface CredentialStore {
  readonly kind: 'keychain' | 'file'
  /** Resolves when a secret could be written now, proved by writing, reading and deleting a random entry. */
  check(): Promise<void>
  /** `undefined` means proven absent; a locked or silent store rejects instead. */
  get(reference: CredentialReference): Promise<Secret | undefined>
  /** Whether an entry can be of this length and of these characters: asked for what can be done without. */
  fits(secret: Secret): boolean
  /** Where `set` will write, once `check` has found out. */
  referenceTo(account: string): CredentialReference
  /** Writes, reads back, and only then resolves: with the reference to record. Replaces what was there. */
  set(account: string, secret: Secret): Promise<CredentialReference>
  /** True when it was there, false when it is proven absent; rejects when neither is proven. */
  delete(reference: CredentialReference): Promise<boolean>
}
