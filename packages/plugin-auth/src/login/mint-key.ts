import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {CreatedKey} from '../control-plane/replies.js'
import {isAuthError} from '../errors.js'
import type {Leftover, LeftoverStore} from '../profiles/leftover-store.js'
import type {OidcLogin} from '../profiles/profile.js'

export interface MintKeyPorts {
  leftovers: LeftoverStore
  server: Pick<ControlPlaneClient, 'createApiKey'>
  /** Throws when the person cancelled meanwhile. */
  checkpoint: () => void
  warn(text: string): void
}

/** Mints an API key. It is noted as a leftover before it is asked for: a process that is killed leaves its name. */
export async function mintKey(
  {leftovers, server, checkpoint, warn}: MintKeyPorts,
  apiUrl: string,
  planned: Omit<Leftover, 'isAbandoned'> & {key_name: string},
): Promise<CreatedKey> {
  await leftovers.note(apiUrl, planned)
  return server.createApiKey(planned.key_name).catch(async (error: unknown) => {
    await leftovers.drop(apiUrl, planned).catch(() => undefined)
    // The server may have made the key before its answer was lost.
    if (isAuthError(error) && ['NETWORK_ERROR', 'SERVER_ERROR'].includes(error.code)) warn(mayBeThere(planned.key_name))
    checkpoint()
    throw error
  })
}

export const mayBeThere = (keyName: string): string =>
  `An API key named "${keyName}" may be left at the server from a login that did not end. Look for it in the web application.`

/** A login with another key: nothing stays of when the one before would have expired. */
export function withApiKey<L extends Omit<OidcLogin, 'api_key_id'>>(
  {api_key_expires_at: _, ...login}: L,
  {id, expiresAt}: Pick<CreatedKey, 'id' | 'expiresAt'>,
) {
  return {...login, api_key_id: id, ...(expiresAt !== undefined && {api_key_expires_at: expiresAt})}
}
