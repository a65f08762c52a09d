import type {KeychainEngine} from './keychain-engine.js'

/**
 * Without this, @napi-rs/keyring on Linux falls back to the kernel's key ring where there is no Secret Service: the secret
 * is gone at the next reboot, and may be left there even when the call rejects. Ignored on other systems.
 */
const PINNED = {linux: {store: 'secret-service'}} as const

/** Only the class API can be pinned; the package's keytar-like one cannot. */
export async function loadKeyringEngine(): Promise<KeychainEngine> {
  const {AsyncEntry} = await import('@napi-rs/keyring')
  const entry = (service: string, account: string) => new AsyncEntry(service, account, PINNED)

  return {
    get: async (service, account) => entry(service, account).getPassword(),
    set: async (service, account, secret) => entry(service, account).setPassword(secret),
    delete: async (service, account) => entry(service, account).deletePassword(),
  }
}

/** One exchange with the Secret Service, which needs no open keyring and asks nobody. Throws after two seconds. */
export async function openSession(service: string): Promise<void> {
  const {AsyncEntry} = await import('@napi-rs/keyring')
  void new AsyncEntry(service, 'session', PINNED)
}

/** Rejects when an entry of the service is locked, without opening a dialog, also for entries that keytar wrote. */
export async function loadLockProbe(): Promise<(service: string) => Promise<void>> {
  const {findCredentialsAsync} = await import('@napi-rs/keyring')
  return async (service) => {
    await findCredentialsAsync(service)
  }
}
