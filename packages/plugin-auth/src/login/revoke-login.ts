import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import {type AuthError, isAuthError} from '../errors.js'
import type {OidcClient} from '../oidc/index.js'
import type {Secret} from '../secret.js'
import {parseUrl} from '../untrusted/parse-url.js'
import type {RevokeLogin} from './remove-login.js'

export interface RevokeLoginPorts {
  controlPlane(bearer: Secret): Promise<ControlPlaneClient>
  connectOidc(provider: {discoveryUrl: string; clientId: string}): Promise<OidcClient>
}

/**
 * Deletes the API key that a login minted, and revokes its refresh token. The key is asked to delete itself; a server
 * that wants an access token for that gets one, by the refresh token.
 */
export function createRevokeLogin({controlPlane, connectOidc}: RevokeLoginPorts): RevokeLogin {
  return async ({name, oidc}, {apiKey, refreshToken}) => {
    if (!oidc) return {revoked: true, warnings: []}
    const warnings: string[] = []
    const provider = {discoveryUrl: oidc.discovery_url, clientId: oidc.client_id}
    let tokenToRevoke = refreshToken

    const deleteKey = async (bearer: Secret): Promise<void> => {
      await (await controlPlane(bearer)).deleteApiKey(oidc.api_key_id)
    }

    const keyFailure = await failureOf(async () => {
      try {
        await deleteKey(apiKey)
      } catch (error) {
        if (!isAuthError(error) || error.code !== 'CREDENTIAL_REJECTED' || !refreshToken) throw error
        const tokens = await (await connectOidc(provider)).refresh(refreshToken, oidc.subject)
        tokenToRevoke = tokens.refreshToken ?? refreshToken
        await deleteKey(tokens.accessToken)
      }
    })
    if (keyFailure) {
      const state = keyFailure.code === 'CREDENTIAL_REJECTED' ? 'may still work' : 'still works'
      warnings.push(
        `API key ${oidc.api_key_id} of ${name} could not be deleted at the server, and ${state}: ${keyFailure.message} Delete it in the web application.`,
      )
    }

    const token = tokenToRevoke
    const isTokenRevoked =
      token === undefined || (await isTrue(async () => (await connectOidc(provider)).revoke(token)))
    if (!isTokenRevoked) {
      const host = parseUrl(oidc.discovery_url)?.host ?? 'its provider'
      warnings.push(`The refresh token of ${name} could not be revoked at ${host}; it is forgotten here.`)
    }

    return {revoked: warnings.length === 0, warnings}
  }
}

async function failureOf(work: () => Promise<void>): Promise<AuthError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (isAuthError(error) && error.code !== 'CANCELLED') return error
    throw error
  }
}

async function isTrue(work: () => Promise<boolean>): Promise<boolean> {
  let answer = false
  const failure = await failureOf(async () => {
    answer = await work()
  })
  return !failure && answer
}
