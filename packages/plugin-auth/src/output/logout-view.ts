import type {RemovedLogin} from '../login/remove-login.js'
import type {RetriedLogout} from '../login/retry-leftovers.js'

/** An ended login as `--json` shows it. `revoked` is null where there was nothing to revoke at the server. */
export interface LogoutView {
  name: string
  api_url: string
  /** Whether the profile and its secret are gone here. */
  deleted: boolean
  /** Whether nothing that login made works any more. */
  revoked: boolean | null
  /** The key that login made; null where it made none. One that is not deleted is remembered, and deleted at the next login. */
  api_key: {id: string; deleted: boolean} | null
  /** Null where there is none, or none that can be read. */
  refresh_token_revoked: boolean | null
}

export const viewLogout = (removed: RemovedLogin, apiUrl: string): LogoutView => ({
  name: removed.profile.name,
  api_url: apiUrl,
  deleted: removed.deleted,
  revoked: removed.revoked,
  api_key: removed.profile.oidc ? {id: removed.profile.oidc.api_key_id, deleted: removed.keyDeleted ?? false} : null,
  refresh_token_revoked: removed.tokenRevoked,
})

export const viewRetriedLogout = ({login, isDone}: RetriedLogout, apiUrl: string): LogoutView => ({
  name: login.name,
  api_url: apiUrl,
  deleted: true,
  revoked: isDone,
  api_key: login.oidc ? {id: login.oidc.api_key_id, deleted: isDone} : null,
  refresh_token_revoked: null,
})

/** What was ended at the server, item by item. What was not is a warning. */
export function endedItems({profile, keyDeleted, tokenRevoked}: RemovedLogin): string[] {
  return [
    ...(keyDeleted && profile.oidc ? [`  API key ${profile.oidc.api_key_id}: deleted`] : []),
    ...(tokenRevoked ? ['  refresh token: revoked'] : []),
  ]
}
