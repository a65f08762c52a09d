import {AuthError} from '../../errors.js'
import type {Folder} from '../../storage/folder.js'
import type {DocumentFormat} from '../../storage/parse-document.js'
import type {CredentialReference, CredentialStore} from '../credential-store.js'
import {unfitSecretReason} from '../fit-secret.js'
import {Secret} from '../../secret.js'
import {cleanText} from '../../untrusted/clean-text.js'

interface CredentialDocument {
  service: string
  account: string
  secret: string
}

/**
 * Secrets as plain text in `credentials/<account>.json`, for this user alone. It keeps other users out, and neither
 * backups nor programs of the same user: a person has to ask for it.
 */
export function createFileStore({folder, service}: {folder: Folder; service: string}): CredentialStore {
  const credentials = folder.folder('credentials')
  const fileOf = (owner: {service: string; account: string}) =>
    credentials.file(checkedAccount(owner.account), formatFor(owner))

  const referenceTo = (account: string): CredentialReference => ({store: 'file', engine: 'plain', service, account})

  async function get(reference: CredentialReference): Promise<Secret | undefined> {
    requirePlain(reference)
    const document = await fileOf(reference).read()
    return document && new Secret(document.secret)
  }

  async function set(account: string, secret: Secret): Promise<CredentialReference> {
    const file = fileOf({account, service})
    const reason = unfitSecretReason(secret)
    if (reason) throw new AuthError('STORAGE_ERROR', `The secret ${reason}; nothing was written.`)
    await file.save({...(await file.read()), service, account, secret: secret.reveal()})
    const reference = referenceTo(account)
    if (!(await get(reference))?.equals(secret)) {
      throw new AuthError('STORAGE_ERROR', `${file.path} gave back something else than was just written to it.`, [
        'Try again; if it happens each time, check the disk.',
      ])
    }

    return reference
  }

  return {
    kind: 'file',
    fits: (secret) => unfitSecretReason(secret) === undefined,
    referenceTo,
    get,
    set,

    async check() {
      const {randomUUID} = await import('node:crypto')
      const reference = await set(`check-${randomUUID()}`, new Secret(randomUUID()))
      await fileOf(reference).remove()
    },

    async delete(reference) {
      requirePlain(reference)
      return fileOf(reference).remove()
    },
  }
}

/**
 * The names inside must be the ones asked for: where the file system takes `A` for `a`, another account's file would
 * otherwise be read. No reason quotes a value, because one of them is the secret.
 */
const formatFor = ({service, account}: {service: string; account: string}): DocumentFormat<CredentialDocument> => ({
  version: 1,
  parse(value) {
    const {secret} = value
    if (value['service'] !== service) throw new Error('has no service, or that of another program')
    if (value['account'] !== account) throw new Error('has no account, or another one than its name says')
    if (typeof secret !== 'string' || secret === '') throw new Error('has no secret')
    return {...value, service, account, secret}
  },
})

/** A newer version may keep files of another kind, and what it wrote is not absent. */
function requirePlain({engine}: CredentialReference): void {
  if (engine === 'plain') return
  throw new AuthError(
    'STORAGE_ERROR',
    `Credentials of the kind ${JSON.stringify(cleanText(engine, 50))} are not known.`,
    ['Upgrade, then try again.'],
  )
}

function checkedAccount(account: string): string {
  if (/^[\w.-]{1,100}$/.test(account)) return account
  throw new AuthError('STORAGE_ERROR', `${JSON.stringify(cleanText(account, 100))} cannot name a credential.`, [
    'Use letters, digits, dots, underscores and hyphens, at most 100.',
  ])
}
