import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {Project, User} from '../control-plane/replies.js'
import {AuthError, type AuthErrorCode, isAuthError, suggest} from '../errors.js'
import type {Secret} from '../secret.js'
import {attempt} from './attempt.js'

/**
 * `locked`: the credential store is locked, or does not answer. `missing`: there is no credential. `unverified`: nobody was
 * asked, or whoever was gave no answer that tells.
 */
export type LoginState = 'valid' | 'expired' | 'rejected' | 'unreachable' | 'locked' | 'missing' | 'unverified'

export interface CheckedLogin {
  state: LoginState
  /** Null where the server does not say. */
  user: User | null
  /** Undefined where the server was not asked, or did not answer. */
  projects?: Project[]
  /** Why it is not valid. */
  failure?: AuthError
}

/**
 * Whether a credential opens the door: read, and shown to the server, which lists the projects it sees. `readKey` resolves
 * to undefined where none is needed. Rejects for cancelling only.
 */
export async function checkLogin(
  readKey: () => Promise<Secret | undefined>,
  connect: (key: Secret | undefined) => Promise<ControlPlaneClient>,
  {offline, expiresAt}: {offline: boolean; expiresAt?: string | undefined},
): Promise<CheckedLogin> {
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()
  try {
    const key = await readKey()
    if (offline && isOver) throw keyExpired(expiresAt)
    if (offline) return {state: 'unverified', user: null}
    const server = await connect(key)
    const [projects, user] = await Promise.all([server.projects(), key ? attempt(() => server.me()) : undefined])
    return {state: 'valid', user: user ?? null, projects}
  } catch (error) {
    if (!isAuthError(error) || error.code === 'CANCELLED') throw error
    // Not before the server was asked: the clock that is wrong may be the one here.
    if (isOver && error.code === 'CREDENTIAL_REJECTED') {
      return {state: 'expired', user: null, failure: keyExpired(expiresAt)}
    }

    return {state: STATES[error.code] ?? 'unverified', user: null, failure: error}
  }
}

const keyExpired = (expiresAt: string): AuthError =>
  new AuthError('CREDENTIAL_REJECTED', `The key expired at ${expiresAt}.`, [
    suggest('auth:rotate', '', 'to get a new one without a browser'),
    suggest('auth:login', '', 'to log in again'),
  ])

const STATES: Partial<Record<AuthErrorCode, LoginState>> = {
  CREDENTIAL_REJECTED: 'rejected',
  NETWORK_ERROR: 'unreachable',
  KEYCHAIN_LOCKED: 'locked',
  KEYCHAIN_TIMEOUT: 'locked',
  CREDENTIAL_MISSING: 'missing',
  NOT_LOGGED_IN: 'missing',
  PROFILE_NOT_FOUND: 'missing',
}
