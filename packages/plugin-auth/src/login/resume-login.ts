import type {CredentialStore} from '../credentials/credential-store.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import type {OidcClient, PollEvent, Tokens} from '../oidc/index.js'
import type {PendingLogin, PendingLoginStore} from '../profiles/pending-login-store.js'
import {cleanText} from '../untrusted/clean-text.js'
import {endPendingLogin} from './end-pending-login.js'
import type {StoreOf} from './require-credential.js'
import {decodeDeviceCode} from './start-login.js'

export interface ResumeLoginPorts {
  environments: EnvironmentStore
  pendingLogins: PendingLoginStore
  storeOf: StoreOf
  connectOidc(provider: {apiUrl: string; discoveryUrl: string; clientId: string}): Promise<OidcClient>
}

export interface ResumeLogin {
  apiUrl: string
  id: string
  /** Until a person has decided; otherwise the provider is asked once. */
  wait: boolean
  /** What one types to come here again: `--resume ID`. */
  again: string
  /** Polling begins, with these seconds left. */
  onPoll(secondsLeft: number): void
  onEvent(event: PollEvent): void
}

export interface ResumedLogin {
  pending: PendingLogin
  store: CredentialStore
  oidc: OidcClient
  tokens: Tokens
}

/**
 * Asks the provider for the tokens of a login that another process started, at the pace that it was left with. Throws
 * `LOGIN_PENDING` while nobody has decided. A login is resumed by one process at a time and gives tokens once: whoever gets
 * them ends it before they are used, because polling again for what was issued makes a provider revoke that.
 */
export async function resumeLogin(ports: ResumeLoginPorts, resume: ResumeLogin): Promise<ResumedLogin> {
  const {pendingLogins} = ports
  const {apiUrl, id, again} = resume
  const pending = await pendingLogins.claim(apiUrl, id)
  if (!pending) throw await notFound(ports, resume)
  if (pending === 'taken') throw stillPending(again, 'Another process is resuming this login.')
  let latest = pending
  try {
    return await poll(ports, resume, pending, (changed) => {
      latest = changed
    })
  } catch (error) {
    if (isOver(error)) await endPendingLogin(ports, apiUrl, pending)
    else await pendingLogins.save(apiUrl, latest)
    throw error
  }
}

async function poll(
  ports: ResumeLoginPorts,
  {apiUrl, id, wait, again, onPoll, onEvent}: ResumeLogin,
  pending: PendingLogin,
  onChange: (pending: PendingLogin) => void,
): Promise<ResumedLogin> {
  if (pending.expires_at <= Date.now()) throw expired()
  const store = await ports.storeOf(pending.credential.store)
  await store.check()
  const secret = await store.get(pending.credential)
  const deviceCode = secret && decodeDeviceCode(secret)
  if (!deviceCode) throw missing(id)
  const {discovery_url: discoveryUrl, client_id: clientId, interval} = pending
  const oidc = await ports.connectOidc({apiUrl, discoveryUrl, clientId})

  const secondsLeft = (pending.expires_at - Date.now()) / 1000
  const untilPoll = (pending.next_poll_at - Date.now()) / 1000
  if (untilPoll > 0) oidc.fetchKeysEarly()
  onPoll(secondsLeft)
  const tokens = await oidc.pollDeviceToken(
    {device_code: deviceCode, expires_in: secondsLeft, interval},
    {
      // A clock that was set back must not make this wait for hours.
      firstPollIn: Math.min(Math.max(0, untilPoll), LONGEST_PAUSE),
      onEvent(event) {
        onChange({...pending, interval: event.interval, next_poll_at: Date.now() + event.nextPollIn * 1000})
        if (!wait) throw stillPending(again, event.reason ?? 'Nobody has approved this login yet.')
        onEvent(event)
      },
    },
  )
  return {pending, store, oidc, tokens}
}

/** Seconds; what `Retry-After` can ask for. */
const LONGEST_PAUSE = 300

/** Nothing that is done later could make these logins succeed. */
const isOver = (error: unknown): boolean =>
  isAuthError(error) && ['LOGIN_DENIED', 'LOGIN_EXPIRED', 'LOGIN_FAILED', 'CREDENTIAL_MISSING'].includes(error.code)

const stillPending = (again: string, why: string): AuthError =>
  new AuthError('LOGIN_PENDING', why, [
    suggest('auth:login', again, 'to ask again'),
    suggest('auth:login', `${again} --wait`, 'to wait until a person has decided'),
  ])

async function notFound({environments, pendingLogins}: ResumeLoginPorts, {apiUrl, id}: ResumeLogin) {
  const shown = cleanText(id, 64)
  for (const {api_url} of await environments.list()) {
    if (!(await pendingLogins.find(api_url, id))) continue
    return new AuthError('LOGIN_NOT_FOUND', `Login ${shown} was started in ${api_url}, not in ${apiUrl}.`, [
      suggest('auth:login', `--resume ${id} --environment ${api_url}`),
    ])
  }

  const why = 'It was resumed already, or it expired.'
  return new AuthError('LOGIN_NOT_FOUND', `No login ${shown} waits in ${apiUrl}. ${why}`, [START_AGAIN])
}

const missing = (id: string): AuthError =>
  new AuthError('CREDENTIAL_MISSING', `The code of login ${id} is not in the credential store any more.`, [START_AGAIN])

const expired = (): AuthError =>
  new AuthError('LOGIN_EXPIRED', 'The login expired before it was approved.', [START_AGAIN])

const START_AGAIN = suggest('auth:login', '--start', 'to start another')
