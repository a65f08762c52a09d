import {CANNOT_TELL_LOCKED_FROM_ABSENT, type KeychainEngine} from './keychain-engine.js'

/**
 * keytar, as GitHub maintains it. On Linux it answers `null` and `false` also when the keyring is locked (its
 * `findCredentials` even crashes), so each of those answers is put to the other library, whose search rejects on a locked
 * keyring. Then keytar is asked once more: somebody may have unlocked the keyring between the two.
 */
export async function loadKeytarEngine(): Promise<KeychainEngine> {
  const {default: keytar} = await import('keytar')

  async function proved<T>(ask: () => Promise<T>, isNegative: (answer: T) => boolean, service: string): Promise<T> {
    const answer = await ask()
    if (!isNegative(answer) || process.platform !== 'linux') return answer
    await requireUnlocked(service)
    return ask()
  }

  return {
    get: (service, account) =>
      proved(
        () => keytar.getPassword(service, account),
        (secret) => secret === null,
        service,
      ),
    set: (service, account, secret) => keytar.setPassword(service, account, secret),
    delete: (service, account) =>
      proved(
        () => keytar.deletePassword(service, account),
        (isDeleted) => !isDeleted,
        service,
      ),
  }
}

async function requireUnlocked(service: string): Promise<void> {
  let probe
  try {
    probe = await import('./keyring-engine.js').then(({loadLockProbe}) => loadLockProbe())
  } catch {
    throw new Error(CANNOT_TELL_LOCKED_FROM_ABSENT)
  }

  await probe(service)
}
