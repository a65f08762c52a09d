import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import {type AuthError, isAuthError} from '../errors.js'
import type {OidcClient} from '../oidc/index.js'
import type {Profile} from '../profiles/profile.js'
import type {Secret} from '../secret.js'
import {parseUrl} from '../untrusted/parse-url.js'
import type {Credential} from './credential.js'

/**
 * Makes what a login minted useless at the server. Never throws for a server that cannot be asked. The key is deleted by
 * `server`, where somebody is asking it already; else by itself; a server that wants an access token for that gets one,
 * by the refresh token.
 */
export type RevokeLogin = (
  login: Profile,
  credential: Credential | undefined,
  server?: ControlPlaneClient,
) => Promise<{revoked: boolean; warnings: string[]}>

export interface RevokeLoginPorts {
  controlPlane(bearer: Secret): Promise<ControlPlaneClient>
  connectOidc(provider: {discoveryUrl: string; clientId: string}): Promise<OidcClient>
}

export interface RevokeAtPorts {
  controlPlane(apiUrl: string, bearer: Secret): Promise<ControlPlaneClient>
  connectOidc(provider: {apiUrl: string; discoveryUrl: string; clientId: string}): Promise<OidcClient>
}

export const revokeAt = ({controlPlane, connectOidc}: RevokeAtPorts, apiUrl: string): RevokeLogin =>
  createRevokeLogin({
    controlPlane: (bearer) => controlPlane(apiUrl, bearer),
    connectOidc: (provider) => connectOidc({apiUrl, ...provider}),
  })

export function createRevokeLogin({controlPlane, connectOidc}: RevokeLoginPorts): RevokeLogin {
  return async (login, credential, server) => {
    const {name, oidc} = login
    if (!oidc) return {revoked: true, warnings: []}
    const warnings: string[] = []
    const provider = {discoveryUrl: oidc.discovery_url, clientId: oidc.client_id}
    let tokenToRevoke = credential?.refreshToken

    const deleteBy = async (bearer: Secret): Promise<unknown> =>
      (await controlPlane(bearer)).deleteApiKey(oidc.api_key_id)

    const deleteAfterRefresh = async (refreshToken: Secret): Promise<unknown> => {
      const tokens = await (await connectOidc(provider)).refresh(refreshToken, oidc.subject)
      tokenToRevoke = tokens.refreshToken ?? refreshToken
      return deleteBy(tokens.accessToken)
    }

    const ways: (() => Promise<unknown>)[] = []
    if (server) ways.push(() => server.deleteApiKey(oidc.api_key_id))
    if (credential) ways.push(() => deleteBy(credential.apiKey))
    const refreshToken = credential?.refreshToken
    if (refreshToken) ways.push(() => deleteAfterRefresh(refreshToken))
    if (ways.length === 0) return unreadable(login)

    const keyFailure = await failureOf(() => firstAccepted(ways))
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

/** Of a login whose secret cannot be read. */
export const unreadable = ({name, oidc}: Profile): {revoked: false; warnings: string[]} => ({
  revoked: false,
  warnings: [
    `API key ${oidc?.api_key_id} of ${name} could not be revoked, because its secret is not readable. Delete it in the web application.`,
  ],
})

/** The next way is tried only where the server does not take the credential of the one before. */
async function firstAccepted([way, ...others]: (() => Promise<unknown>)[]): Promise<void> {
  try {
    await way?.()
  } catch (error) {
    if (!isAuthError(error) || error.code !== 'CREDENTIAL_REJECTED' || others.length === 0) throw error
    await firstAccepted(others)
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
