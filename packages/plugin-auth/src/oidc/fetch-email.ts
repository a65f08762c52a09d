import {fetchUserInfo} from 'openid-client'

import {configure, type Issuer, type RequestOptions} from './issuer.js'
import type {Tokens} from './request-tokens.js'
import {emailIn} from './verify-tokens.js'

/**
 * The e-mail address by userinfo, for providers that keep it out of the ID token (OIDC Core §5.4). Undefined when there
 * is none to be had: no endpoint, a refusal, an answer about somebody else (§5.3.2). A login never fails for it.
 */
export async function fetchEmail(
  issuer: Issuer,
  {accessToken, identity: {subject, email}}: Tokens,
  {signal}: RequestOptions = {},
): Promise<string | undefined> {
  if (email !== undefined || !issuer.metadata.userinfo_endpoint) return email
  try {
    const claims = await fetchUserInfo(configure(issuer, {signal}), accessToken.reveal(), subject)
    return emailIn(claims.email).email
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
