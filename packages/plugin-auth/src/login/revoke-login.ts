import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import {type AuthError, isAuthError} from '../errors.js'
import type {OidcClient} from '../oidc/index.js'
import type {Profile} from '../profiles/profile.js'
import type {Secret} from '../secret.js'
import {parseUrl} from '../untrusted/parse-url.js'
import {type Credential, usableAccess} from './credential.js'
import {refreshPatiently} from './refresh-patiently.js'

/** What became of what a login minted. */
export interface RevokedLogin {
  /** Nothing of it works any more. */
  revoked: boolean
  keyDeleted: boolean
  /** Null where there is no refresh token. */
  tokenRevoked: boolean | null
  /** One sentence each: what still works, or may. */
  warnings: string[]
}

/**
 * Makes what a login minted useless at the server. Never throws for a server that cannot be asked. The key is deleted by
 * `server`, where somebody is asking it already; else by itself; a server that wants an access token for that gets the one
 * that is kept, else one by the refresh token.
 */
export type RevokeLogin = (
  login: Profile,
  credential: Credential | undefined,
  options?: {
    server?: Pick<ControlPlaneClient, 'deleteApiKey'> | undefined
    /** Only the refresh token is left to be revoked. */
    isKeyDeleted?: boolean
    onKeyDeleted?: () => Promise<void>
  },
) => Promise<RevokedLogin>

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
  return async (login, credential, {server, isKeyDeleted = false, onKeyDeleted} = {}) => {
    const {name, oidc} = login
    if (!oidc) return ended
    const warnings: string[] = []
    const provider = {discoveryUrl: oidc.discovery_url, clientId: oidc.client_id}
    let tokenToRevoke = credential?.refreshToken

    const deleteBy = async (bearer: Secret): Promise<unknown> =>
      (await controlPlane(bearer)).deleteApiKey(oidc.api_key_id)

    // What comes of it is not kept: it is revoked in the next moment.
    const deleteAfterRefresh = async (refreshToken: Secret): Promise<unknown> => {
      const tokens = await refreshPatiently(await connectOidc(provider), {refreshToken, subject: oidc.subject})
      tokenToRevoke = tokens.refreshToken
      return deleteBy(tokens.accessToken)
    }

    const ways: (() => Promise<unknown>)[] = []
    if (server) ways.push(() => server.deleteApiKey(oidc.api_key_id))
    if (credential) ways.push(() => deleteBy(credential.apiKey))
    const kept = usableAccess(credential)
    if (kept) ways.push(() => deleteBy(kept.token))
    const refreshToken = credential?.refreshToken
    if (refreshToken) ways.push(() => deleteAfterRefresh(refreshToken))
    if (!isKeyDeleted && ways.length === 0) return unreadable(login)

    const keyFailure = isKeyDeleted ? undefined : await failureOf(() => firstAccepted(ways))
    if (keyFailure) {
      const state = keyFailure.code === 'CREDENTIAL_REJECTED' ? 'may still work' : 'still works'
      warnings.push(
        `API key ${oidc.api_key_id} of ${name} could not be deleted at the server, and ${state}: ${keyFailure.message} ${REMEMBERED}`,
      )
    } else if (!isKeyDeleted) {
      await onKeyDeleted?.()
    }

    const token = tokenToRevoke
    const tokenRevoked =
      token === undefined ? null : await isTrue(async () => (await connectOidc(provider)).revoke(token))
    if (tokenRevoked === false) {
      const host = parseUrl(oidc.discovery_url)?.host ?? 'its provider'
      warnings.push(`The refresh token of ${name} could not be revoked at ${host}; it is forgotten here.`)
    }

    return {revoked: warnings.length === 0, keyDeleted: !keyFailure, tokenRevoked, warnings}
  }
}

/** Of a login that somebody else has ended, or that minted nothing. */
export const ended: RevokedLogin = {revoked: true, keyDeleted: true, tokenRevoked: null, warnings: []}

/** Of a login whose secret cannot be read. */
export const unreadable = ({name, oidc}: Profile): RevokedLogin => ({
  revoked: false,
  keyDeleted: false,
  tokenRevoked: null,
  warnings: [
    `API key ${oidc?.api_key_id} of ${name} could not be deleted at the server, because its secret is not readable here. ${REMEMBERED}`,
  ],
})

const REMEMBERED = 'It is remembered, and deleted at your next browser login; or delete it in the web application.'

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
