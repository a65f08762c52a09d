import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'

import {Secret} from '../secret.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import {SCOPE} from './authorize-device.js'
import {configure, type Issuer, type IssuerMetadata, type RequestOptions} from './issuer.js'
import {listenForRedirect} from './loopback-listener.js'
import {loginNotSupported, nameOf, oidcError} from './oidc-error.js'
import {requestTokens, type Tokens} from './request-tokens.js'

export interface AuthorizeInBrowserOptions extends RequestOptions {
  /** Shows the page, which works in a browser on this machine only. What it rejects with ends the login. */
  show(page: URL, secondsLeft: number): unknown
  scope?: string
  /** Seconds until the person has to be back. */
  lifetime?: number
}

/**
 * The authorization code flow of a native app: PKCE with S256 (RFC 7636), an answer to a loopback address (RFC 8252 §7.3), and
 * `state`, `iss` (RFC 9207) and `nonce` that bind the answer and the ID token to this request. Always ends: with verified
 * tokens, a refusal, or at the time limit. An error page of the provider cannot be told from a person who takes their time.
 */
export async function authorizeInBrowser(
  issuer: Issuer,
  {show, signal, scope = SCOPE, lifetime = LIFETIME}: AuthorizeInBrowserOptions,
): Promise<Tokens> {
  requireCodeFlow(issuer.metadata)
  signal?.throwIfAborted()
  const verifier = new Secret(randomPKCECodeVerifier())
  const [state, nonce] = [randomState(), randomNonce()]
  const listener = await listenForRedirect(state)
  try {
    const page = buildAuthorizationUrl(configure(issuer), {
      redirect_uri: listener.redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier.reveal()),
      code_challenge_method: 'S256',
      // OIDC Core §11: without it a provider drops `offline_access`.
      prompt: 'consent',
    })
    const answered = async (): Promise<URL> => {
      await show(page, lifetime)
      return listener.received
    }
    const answer = await within(lifetime, signal, answered())
    const code = codeIn(answer, issuer.metadata)
    const checks = {pkceCodeVerifier: verifier.reveal(), expectedState: state, expectedNonce: nonce}
    try {
      return await requestTokens(
        issuer,
        (configuration) => authorizationCodeGrant(configuration, answer, {...checks, idTokenExpected: true}),
        {signal},
      )
    } catch (error) {
      signal?.throwIfAborted()
      throw withoutWeb(error, oidcError(error, issuer.metadata.token_endpoint, [verifier, code]))
    }
  } finally {
    await listener.close()
  }
}

/** Seconds. Long enough for a second factor; as long as a port of this machine has to stay open for it. */
const LIFETIME = 300

/** A list that is not there says nothing: OAuth servers older than RFC 8414 know S256 without announcing it. */
function requireCodeFlow(metadata: IssuerMetadata): void {
  const {issuer, authorization_endpoint, response_types_supported, code_challenge_methods_supported} = metadata
  const refuse = (why: string): never => {
    throw loginNotSupported(`${nameOf(issuer)} ${why}`, WITHOUT_WEB)
  }
  if (!authorization_endpoint) refuse('has no authorization_endpoint')
  if (response_types_supported?.includes('code') === false) refuse('has no response type code')
  if (code_challenge_methods_supported?.includes('S256') === false) refuse('has no PKCE with S256')
}

/** The code of an answer whose `state` is right. openid-client checks all of it again; here it is told in a person's words. */
function codeIn({searchParams}: URL, metadata: IssuerMetadata): Secret {
  const [issuers, errors, codes] = ['iss', 'error', 'code'].map((name) => searchParams.getAll(name)) as [
    string[],
    string[],
    string[],
  ]
  // RFC 9207 §2.4: a provider that announces `iss` and leaves it out, or another `iss`, is a mix-up.
  const isMissing = issuers.length === 0 && metadata.authorization_response_iss_parameter_supported === true
  if (isMissing || issuers.length > 1 || issuers.some((iss) => iss !== metadata.issuer)) {
    throw new AuthError(
      'LOGIN_FAILED',
      'The answer in the browser does not come from the identity provider that was asked.',
      [WITHOUT_WEB],
    )
  }

  const name = nameOf(metadata.authorization_endpoint ?? metadata.issuer)
  if (errors[0] === 'access_denied') throw new AuthError('LOGIN_DENIED', 'The login was denied in the browser.')
  if (errors[0] !== undefined) {
    const description = cleanText(searchParams.get('error_description'))
    const text = `${name} refused: ${cleanText(errors[0], 60)}${description && ` (${description})`}.`
    throw new AuthError('LOGIN_FAILED', text, [WITHOUT_WEB])
  }

  const [code] = codes
  if (codes.length !== 1 || !code) {
    throw new AuthError('LOGIN_FAILED', `The answer of ${name} in the browser holds no code.`, [WITHOUT_WEB])
  }

  return new Secret(code)
}

/** A client that may not use this flow is often told so only here. Bad tokens are no better with a code. */
function withoutWeb(thrown: unknown, error: AuthError): AuthError {
  if (isAuthError(thrown) || error.code !== 'LOGIN_FAILED') return error
  return new AuthError(error.code, error.message, [...error.suggestions, WITHOUT_WEB])
}

async function within<T>(seconds: number, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  let abort = (): void => undefined
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal?.reason as Error)
    timer = setTimeout(() => reject(expired(seconds)), seconds * 1000)
    signal?.addEventListener('abort', abort, {once: true})
  })
  try {
    return await Promise.race([work, end])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

const WITHOUT_WEB = suggest('auth:login', undefined, 'to log in with a code instead')

const expired = (seconds: number): AuthError =>
  new AuthError('LOGIN_EXPIRED', `The browser did not come back within ${Math.ceil(seconds / 60)} minutes.`, [
    suggest('auth:login', '--web', 'to try again'),
    suggest('auth:login', undefined, 'to log in with a code, if the page showed an error'),
  ])
