import type {Secret} from '../secret.js'

/** Who an invocation is, and where. Nothing secret, and nothing that a server was asked for. */
export interface Identity {
  /** URL of the control plane, without a trailing slash. */
  readonly apiUrl: string
  /** Name of the profile; null where the key of `LLAMA_CLOUD_API_KEY` is used, and where nobody is logged in. */
  readonly profile: string | null
  /** How that profile logged in; `token` for a key in a variable, null where nobody is logged in. */
  readonly authType: 'token' | 'oidc' | 'none' | null
  /** Null: none was chosen. */
  readonly projectId: string | null
}

/** A token of a browser login that is good for minutes. */
export interface AccessToken {
  /** Without `Bearer`. */
  readonly token: Secret
  /** Absent where the provider does not say. */
  readonly expiresAt?: Date
}

/** What opens the door for an identity. */
export interface Credential {
  /** Whose it is. */
  readonly identity: Identity
  /** Null where the environment requires no login. */
  readonly apiKey: Secret | null
  /** When that key expires, in ISO 8601. Null: never, or nobody said when. */
  readonly expiresAt: string | null
  /**
   * Of a browser login: the access token that is kept, or a new one in exchange for the refresh token. Of many processes that
   * ask at once one refreshes. For servers that take no API key; `fetch` and `client` need none.
   *
   * @param options - `rejected`: a token that the server did not take, and that must not come again
   * @throws AuthError `USAGE` where it is no browser login, `CREDENTIAL_REJECTED` where a person has to log in again
   */
  accessToken(options?: {rejected?: Secret}): Promise<AccessToken>
}

/** Which identity is meant, as the flags of `AuthCommand` say it. What is absent comes from variables, folder and profile. */
export interface ChosenIdentity {
  /** URL of an environment that was added. */
  environment?: string
  /** Name of a profile. */
  profile?: string
  /** Id of a project, which is not checked. */
  projectId?: string
}
