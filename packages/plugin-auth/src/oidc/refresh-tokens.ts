import {refreshTokenGrant} from 'openid-client'

import type {Secret} from '../secret.js'
import {AuthError, suggest} from '../errors.js'
import type {Issuer, RequestOptions} from './issuer.js'
import {oauthCode, oidcError} from './oidc-error.js'
import {requestTokens, type Tokens} from './request-tokens.js'

/**
 * One refresh (RFC 6749 §6), for the person it was before (OIDC Core §12.2). Where the provider does not rotate, the
 * result holds the refresh token that was given. Two at once would look like theft to a provider that rotates
 * (RFC 9700 §4.14.2): the caller holds a lock, and saves the result before it is used.
 */
export async function refreshTokens(
  issuer: Issuer,
  refreshToken: Secret,
  subject: string,
  {signal}: RequestOptions = {},
): Promise<Tokens & {refreshToken: Secret}> {
  try {
    const tokens = await requestTokens(
      issuer,
      (configuration) => refreshTokenGrant(configuration, refreshToken.reveal()),
      {signal, subject},
    )
    return {refreshToken, ...tokens}
  } catch (error) {
    signal?.throwIfAborted()
    if (oauthCode(error) === 'invalid_grant') throw loginEnded()
    throw oidcError(error, issuer.metadata.token_endpoint, [refreshToken])
  }
}

const loginEnded = (): AuthError =>
  new AuthError('CREDENTIAL_REJECTED', 'The identity provider no longer accepts this login: it expired or was ended.', [
    suggest('auth:login', undefined, 'to log in again'),
  ])
