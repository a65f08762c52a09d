import type {Organization, Project, ServerVersion, User} from '../control-plane/replies.js'
import type {Credential, Identity} from './identity.js'

/**
 * `fetch` in the name of an identity. A path is appended to the control plane's URL; a whole URL is taken as it is. The
 * credential and the `Project-Id` header go to the control plane's own origin only, and an `Authorization` or `Project-Id`
 * of yours is left alone. When the server does not accept the key of a browser login, its access token is tried, refreshed if it has to be.
 *
 * One try has 10 seconds with its body, and a body at most 1 MiB. A GET is tried three times after a failed connection or a transient
 * status. Redirects are handed back, not followed. Every status is a `Response`.
 *
 * @throws AuthError `NETWORK_ERROR`, `NOT_LOGGED_IN`, `CREDENTIAL_MISSING`, or what the credential store says
 */
export type AuthFetch = (target: string | URL, init?: RequestInit) => Promise<Response>

/** How a request of `ControlPlaneClient.request` differs from a GET without a body. */
export interface RequestOptions {
  /** Absent: `GET`. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  body?: object
}

/**
 * The control plane's API in the name of an identity. Every method rejects with an `AuthError`: `CREDENTIAL_REJECTED` (401, 403),
 * `NETWORK_ERROR` (no answer), `SERVER_ERROR` (an answer that cannot be used, naming endpoint and request id), or as `fetch` does.
 */
export interface ControlPlaneClient {
  /** Needs no login. */
  version(): Promise<ServerVersion>
  /** Whoever the credential belongs to: proof that it is accepted. */
  me(): Promise<User>
  /** Empty where the server does not know organizations. */
  organizations(): Promise<Organization[]>
  /** Of one organization, or of every one the person can see. */
  projects(orgId?: string): Promise<Project[]>
  /**
   * Any other endpoint that speaks JSON.
   *
   * @param path - appended to the control plane's URL: `/api/v1beta1/deployments`
   * @param read - narrows the reply, which is null where there is no body. What it throws becomes a `SERVER_ERROR` that names the endpoint.
   */
  request<T>(path: string, read: (reply: unknown) => T, options?: RequestOptions): Promise<T>
}

/** An identity, and what can be done in its name. */
export interface Connection {
  /** Who the requests are made as. */
  readonly identity: Identity
  /**
   * The secret of the identity, read from the credential store when it is first needed.
   *
   * @throws AuthError `NOT_LOGGED_IN`, `PROFILE_NOT_FOUND`, `CREDENTIAL_MISSING`, `KEYCHAIN_LOCKED` and the like
   */
  requireCredential(): Promise<Credential>
  /** For any request. */
  readonly fetch: AuthFetch
  /** For the control plane's API. */
  readonly client: ControlPlaneClient
}
