import {AuthError} from '../../errors.js'
import {pathExists} from '../../storage/path-exists.js'
import type {CredentialReference, CredentialStore} from '../credential-store.js'
import {fitsAnyKeychain, fitsKeychain, unfitReason, unfitSecretReason} from '../fit-secret.js'
import {Secret} from '../../secret.js'
import {cleanText} from '../../untrusted/clean-text.js'
import {awaitReply, longestWait, type Patience} from './await-reply.js'
import {ENGINES, type EngineName, isEngineName} from './keychain-engine.js'
import {explainFailure, NO_BUS, TOO_LONG} from './explain-failure.js'
import type {HelperReply, HelperRequest} from './helper-protocol.js'
import {runHelper} from './run-helper.js'

export interface KeychainOptions extends Patience {
  /** One for all entries of the host: its `config.dirname`. */
  service: string
  env?: NodeJS.ProcessEnv
  /** Tried in this order for writing. */
  engines?: readonly EngineName[]
  /** Whose limits hold for a secret. */
  platform?: NodeJS.Platform
}

/**
 * The keychain of the operating system. Every call runs in a helper process that is killed at its deadline, so that no
 * method blocks, whatever the keychain does.
 */
export function createKeychainStore({
  service,
  env = process.env,
  engines = ENGINES,
  platform = process.platform,
  ...patience
}: KeychainOptions): CredentialStore {
  type Call = Omit<HelperRequest, 'parent' | 'limit'>

  const start = (call: Call, limit: number) =>
    runHelper({...call, parent: process.pid, limit: limit + ORPHAN_GRACE}, env)

  async function ask(call: Call): Promise<HelperReply & {kind: 'done'}> {
    patience.signal?.throwIfAborted()
    if (hasNoBus(env)) throw errorOf(NO_BUS)
    const outcome = await awaitReply(start(call, longestWait(patience)), patience, isAlive)
    if (outcome.kind === 'done') return outcome
    throw explainFailure(outcome, call)
  }

  /**
   * Whether the keychain answers the one call that opens no dialog. No more than one: a keychain may be slow, and all of
   * them together would take longer than a person who waits is given before this is known.
   */
  async function isAlive(signal: AbortSignal): Promise<boolean> {
    if (process.platform !== 'linux') return true
    const probe = start({operation: 'greet', engines: ['keyring'], service, account: ''}, PROBE_LIMIT)
    signal.addEventListener('abort', probe.kill)
    return (await probe.ended).kind === 'done'
  }

  /** The engine that writes here: the first that loads. */
  let writer = engines[0] ?? ENGINES[0]
  const referenceTo = (account: string): CredentialReference => ({store: 'keychain', engine: writer, service, account})

  return {
    kind: 'keychain',
    fits: (secret) => fitsAnyKeychain(secret, platform),

    async check() {
      const {randomUUID} = await import('node:crypto')
      const {engine} = await ask({
        operation: 'check',
        engines,
        service,
        account: `check-${randomUUID()}`,
        secret: randomUUID(),
      })
      writer = engine
    },

    referenceTo,

    async get(reference) {
      const {value} = await ask({operation: 'get', ...entryOf(reference)})
      return typeof value === 'string' ? new Secret(value) : undefined
    },

    async set(account, secret) {
      requireFit('The secret', unfitSecretReason(secret))
      if (!fitsKeychain(secret, platform)) throw errorOf(TOO_LONG)
      requireFit('The name of the keychain entry', unfitReason(account) ?? unfitReason(service))
      const {engine} = await ask({operation: 'set', engines, service, account, secret: secret.reveal()})
      writer = engine
      return referenceTo(account)
    },

    async delete(reference) {
      const {value} = await ask({operation: 'delete', ...entryOf(reference)})
      return value === true
    },
  }
}

const errorOf = ({code, message, suggestions}: typeof NO_BUS) => new AuthError(code, message, suggestions)

function requireFit(what: string, reason: string | undefined): void {
  if (reason) throw new AuthError('KEYCHAIN_ERROR', `${what} ${reason}; nothing was written.`)
}

/** Only what the profile records is read: another engine may hold an older secret under the same name. */
function entryOf({
  engine,
  service,
  account,
}: CredentialReference): Pick<HelperRequest, 'engines' | 'service' | 'account'> {
  requireFit('The name of the keychain entry', unfitReason(account) ?? unfitReason(service))
  if (isEngineName(engine)) return {engines: [engine], service, account}
  throw new AuthError(
    'KEYCHAIN_UNAVAILABLE',
    `The credential was written with ${JSON.stringify(cleanText(engine, 50))}, which this version does not know.`,
    ['Upgrade, then try again.'],
  )
}

/**
 * Known without starting anything. The libraries would look in the same two places, and then try to start a bus through
 * an X display, which is no place that other programs look in.
 */
function hasNoBus({DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR}: NodeJS.ProcessEnv): boolean {
  if (process.platform !== 'linux' || DBUS_SESSION_BUS_ADDRESS) return false
  return !XDG_RUNTIME_DIR || !pathExists(`${XDG_RUNTIME_DIR}/bus`)
}

/** The helper outlives its deadline so long when its parent was killed. */
const ORPHAN_GRACE = 500
const PROBE_LIMIT = 2_000
