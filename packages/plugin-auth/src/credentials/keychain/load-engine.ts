import type {EngineName, KeychainEngine} from './keychain-engine.js'

/** Loads the library's native part; rejects where it is not installed or does not fit this machine. */
export async function loadEngine(name: EngineName): Promise<KeychainEngine> {
  if (name === 'keytar') return (await import('./keytar-engine.js')).loadKeytarEngine()
  return (await import('./keyring-engine.js')).loadKeyringEngine()
}
