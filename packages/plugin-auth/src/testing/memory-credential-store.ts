import {AuthError} from '../errors.js'
import type {CredentialReference, CredentialStore} from '../credentials/credential-store.js'
import {unfitReason, unfitSecretReason} from '../credentials/fit-secret.js'
import type {Secret} from '../secret.js'

/** A keychain that ends with the test. It keeps the same contract as the real ones. */
export function createMemoryCredentialStore({service = 'test'}: {service?: string} = {}): CredentialStore {
  const secrets = new Map<string, Secret>()
  const keyOf = ({engine, service, account}: CredentialReference) => JSON.stringify([engine, service, account])

  const referenceTo = (account: string): CredentialReference => ({
    store: 'keychain',
    engine: 'memory',
    service,
    account,
  })

  return {
    kind: 'keychain',
    fits: (secret) => unfitSecretReason(secret) === undefined,
    referenceTo,

    async check() {},

    async get(reference) {
      return secrets.get(keyOf(reference))
    },

    async set(account, secret) {
      const reason = unfitSecretReason(secret) ?? unfitReason(account)
      if (reason) throw new AuthError('KEYCHAIN_ERROR', `The secret or its name ${reason}; nothing was written.`)
      const reference = referenceTo(account)
      secrets.set(keyOf(reference), secret)
      return reference
    },

    async delete(reference) {
      return secrets.delete(keyOf(reference))
    },
  }
}
