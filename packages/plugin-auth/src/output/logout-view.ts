import type {RemovedLogin} from '../login/remove-login.js'

/** An ended login as `--json` shows it. `revoked` is null where there was nothing to revoke at the server. */
export interface LogoutView {
  name: string
  api_url: string
  deleted: boolean
  revoked: boolean | null
}

export const viewLogout = ({profile, deleted, revoked}: RemovedLogin, apiUrl: string): LogoutView => ({
  name: profile.name,
  api_url: apiUrl,
  deleted,
  revoked,
})
