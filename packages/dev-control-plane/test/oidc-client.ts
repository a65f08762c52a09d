import * as oidc from 'openid-client'

import type {DevControlPlane} from '../src/index.js'

export const SCOPE = 'email offline_access openid profile'

/** A strict client: it verifies the signature of ID tokens. */
export async function discover({url, clientId, issuer}: DevControlPlane): Promise<oidc.Configuration> {
  if (issuer === null) throw new Error(`no provider at ${url}`)
  return oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  })
}

export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers

/** The device flow from end to end. */
export async function logIn(controlPlane: DevControlPlane, user?: string): Promise<Tokens> {
  const config = await discover(controlPlane)
  const authorization = await oidc.initiateDeviceAuthorization(config, {scope: SCOPE})
  await controlPlane.approve(authorization, user === undefined ? {} : {user})
  return poll(config, authorization)
}

/** One device access token request (RFC 8628 section 3.4). */
export async function poll(
  config: oidc.Configuration,
  {device_code}: oidc.DeviceAuthorizationResponse,
): Promise<Tokens> {
  return oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', {device_code})
}

/** The OAuth error code that a request ends with. */
export async function errorOf(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => 'no error',
    (error: {error?: string; message: string}) => error.error ?? error.message,
  )
}
