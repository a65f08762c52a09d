import type {Approval, ApprovalOptions, BrowserPage, DeviceAuthorization} from './browser/scripted-browser.js'
import type {Faults} from './faults/faults.js'
import type {LoggedRequest} from './http/request-log.js'
import type {Seed} from './seed/seed.js'

/** A control plane that runs. */
export interface DevControlPlane extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Of the OpenID provider; `null` where there is no browser login. */
  readonly issuer: string | null
  readonly clientId: string
  /** What it started with, complete: passwords and API keys too, so that a test can type them. */
  readonly seed: Seed
  /** Every request so far, in the order they came in. Never a secret. */
  readonly requests: readonly LoggedRequest[]
  readonly faults: Faults
  /** API keys that are valid now: the seed's and those made since. */
  apiKeys(): ApiKeySummary[]
  /**
   * Plays the person at the browser: opens the page, compares the code, signs in, decides.
   *
   * @param target the user code, a `verification_uri_complete`, or the device authorization response
   * @throws Error when a page is not the expected one, for example for a code that expired
   */
  approve(target: string | DeviceAuthorization, options?: ApprovalOptions): Promise<Approval>
  /**
   * Plays the person whose browser was sent to an authorization request: signs in, decides, and follows the redirect to the
   * client's own address. Returns the page it ends on, which is the provider's where it refused.
   */
  approveRequest(url: string | URL, options?: ApprovalOptions): Promise<BrowserPage>
  /**
   * The provider signs with a new key from now on, as after its regular change: a JWT that the old one signed is refused, and
   * refresh tokens, sessions and logins that wait go on. Opaque access tokens are not signed, and go on as well.
   */
  rotateKeys(): Promise<void>
  /** Remembers the API keys and what the provider knows. What it returns goes back to there, as often as it is called. */
  snapshot(): () => void
  /** Ends every connection and stops listening. More than once is fine. */
  close(): Promise<void>
}

export interface ApiKeySummary {
  id: string
  name: string
  /** E-mail of the user it belongs to. */
  user: string
  redacted: string
}
