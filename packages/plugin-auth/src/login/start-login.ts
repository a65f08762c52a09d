import type {CredentialStore} from '../credentials/credential-store.js'
import type {DeviceAuthorization} from '../oidc/index.js'
import type {PendingLogin, PendingLoginStore} from '../profiles/pending-login-store.js'
import {Secret} from '../secret.js'
import {newAccount} from './save-login.js'

export interface StartLogin {
  apiUrl: string
  /** Proven to work: the API key will be kept there as well. */
  store: CredentialStore
  provider: {discoveryUrl: string; clientId: string}
  authorization: DeviceAuthorization
  projectId: string | undefined
}

/**
 * Keeps what another process needs to finish this login. The metadata comes first, so that a device code in the credential
 * store is never one that nobody knows of.
 */
export async function startLogin(
  pendingLogins: PendingLoginStore,
  {apiUrl, store, provider, authorization, projectId}: StartLogin,
): Promise<PendingLogin> {
  const id = newAccount()
  const now = Date.now()
  const pending: PendingLogin = {
    id,
    credential: store.referenceTo(id),
    discovery_url: provider.discoveryUrl,
    client_id: provider.clientId,
    project_id: projectId ?? null,
    interval: authorization.interval,
    next_poll_at: now + authorization.interval * 1000,
    expires_at: now + authorization.expires_in * 1000,
  }
  await pendingLogins.save(apiUrl, pending)
  try {
    await store.set(id, encodeDeviceCode(authorization.device_code))
  } catch (error) {
    await pendingLogins.drop(apiUrl, id).catch(() => undefined)
    throw error
  }

  return pending
}

/** One line of JSON, as every other entry: what a server sends may have line breaks in it. */
const encodeDeviceCode = (code: Secret): Secret => new Secret(JSON.stringify({device_code: code.reveal()}))

/** Undefined for an entry that this CLI did not write. */
export function decodeDeviceCode(secret: Secret): Secret | undefined {
  try {
    const {device_code} = JSON.parse(secret.reveal()) as {device_code?: unknown}
    return typeof device_code === 'string' && device_code !== '' ? new Secret(device_code) : undefined
  } catch {
    return undefined
  }
}
