import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {OidcClient} from '../oidc/index.js'
import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import type {Secret} from '../secret.js'
import {removeLogin, type RemovedLogin} from './remove-login.js'
import type {StoreOf} from './require-credential.js'
import {createRevokeLogin} from './revoke-login.js'

export interface LogOutPorts {
  profiles: ProfileStore
  storeOf: StoreOf
  controlPlane(apiUrl: string, bearer: Secret): Promise<ControlPlaneClient>
  connectOidc(provider: {apiUrl: string; discoveryUrl: string; clientId: string}): Promise<OidcClient>
}

/** Ends one login with the real server behind it; see `removeLogin`. */
export function logOut(
  {profiles, storeOf, controlPlane, connectOidc}: LogOutPorts,
  {apiUrl, profile, force}: {apiUrl: string; profile: Profile; force: boolean},
): Promise<RemovedLogin> {
  const revoke = createRevokeLogin({
    controlPlane: (bearer) => controlPlane(apiUrl, bearer),
    connectOidc: (provider) => connectOidc({apiUrl, ...provider}),
  })
  return removeLogin({profiles, storeOf, revoke}, {apiUrl, profile, force})
}
