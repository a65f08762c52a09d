import type {PendingLogin} from '../profiles/pending-login-store.js'

/** A login that was started, as `--json` shows it. */
export interface StartedLoginView {
  verification_uri: string
  /** The same page with the code filled in; null where the provider has none that is safe to open. */
  verification_uri_complete: string | null
  user_code: string
  expires_at: string
  /** For `--resume`. */
  resume: string
}

export const viewStartedLogin = (
  {id, expires_at}: PendingLogin,
  code: {verification_uri: string; verification_uri_complete?: string; user_code: string},
): StartedLoginView => ({
  verification_uri: code.verification_uri,
  verification_uri_complete: code.verification_uri_complete ?? null,
  user_code: code.user_code,
  expires_at: new Date(expires_at).toISOString(),
  resume: id,
})
