import type {LeftoverStore} from '../profiles/leftover-store.js'
import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import {removeLogin, type RemovedLogin} from './remove-login.js'
import type {StoreOf} from './require-credential.js'
import {revokeAt, type RevokeAtPorts} from './revoke-login.js'

export interface LogOutPorts extends RevokeAtPorts {
  profiles: ProfileStore
  leftovers: LeftoverStore
  storeOf: StoreOf
}

/** Ends one login with the real server behind it; see `removeLogin`. */
export function logOut(
  {profiles, leftovers, storeOf, ...servers}: LogOutPorts,
  {apiUrl, profile, force}: {apiUrl: string; profile: Profile; force: boolean},
): Promise<RemovedLogin> {
  return removeLogin({profiles, leftovers, storeOf, revoke: revokeAt(servers, apiUrl)}, {apiUrl, profile, force})
}
