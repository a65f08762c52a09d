import type {PendingLogin, PendingLoginStore} from '../profiles/pending-login-store.js'
import {attempt} from './attempt.js'
import type {StoreOf} from './require-credential.js'

export interface EndPendingLoginPorts {
  pendingLogins: PendingLoginStore
  storeOf: StoreOf
}

/**
 * Forgets a login that cannot be resumed any more. Never throws, but for cancelling: a code that cannot be deleted now is
 * spent or will expire, and what knows of it stays until it can be.
 */
export async function endPendingLogin(
  {pendingLogins, storeOf}: EndPendingLoginPorts,
  apiUrl: string,
  pending: PendingLogin,
): Promise<void> {
  const isDone = await attempt(async () => {
    await (await storeOf(pending.credential.store)).delete(pending.credential)
    await pendingLogins.drop(apiUrl, pending.id)
    return true
  })
  if (!isDone) await attempt(() => pendingLogins.save(apiUrl, {...pending, expires_at: 0}))
}

/** Those that expired unseen; all of them where their environment is going away. */
export async function sweepPendingLogins(
  ports: EndPendingLoginPorts,
  apiUrl: string,
  {all = false}: {all?: boolean} = {},
): Promise<void> {
  for (const pending of await ports.pendingLogins.list(apiUrl)) {
    if (all || pending.expires_at <= Date.now()) await endPendingLogin(ports, apiUrl, pending)
  }
}
