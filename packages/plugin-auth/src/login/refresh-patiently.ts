import {isAuthError} from '../errors.js'
import type {OidcClient} from '../oidc/index.js'
import type {Secret} from '../secret.js'

/**
 * Refreshes, and once more where the answer was lost: if the provider has not heard of the first try, that helps; if it has
 * and rotates, the new token was lost with the answer, and asking again ends no login that was not ended already.
 * `beforeEach` is asked before the token is sent; what it throws keeps it unsent.
 */
export async function refreshPatiently(
  provider: Pick<OidcClient, 'refresh'>,
  {refreshToken, subject}: {refreshToken: Secret; subject: string},
  beforeEach: () => void = () => undefined,
): ReturnType<OidcClient['refresh']> {
  beforeEach()
  try {
    return await provider.refresh(refreshToken, subject)
  } catch (error) {
    if (!isAuthError(error) || !['NETWORK_ERROR', 'SERVER_ERROR'].includes(error.code)) throw error
    beforeEach()
    return provider.refresh(refreshToken, subject)
  }
}
