import {isAuthError} from '../errors.js'
import type {LeftoverStore} from '../profiles/leftover-store.js'
import type {Profile} from '../profiles/profile.js'
import {inTurn, TurnLost, type TurnPorts} from './in-turn.js'
import {removeLogin, type RemovedLogin, untouched} from './remove-login.js'
import type {StoreOf} from './require-credential.js'
import {revokeAt, type RevokeAtPorts} from './revoke-login.js'

export interface LogOutPorts extends RevokeAtPorts, TurnPorts {
  leftovers: LeftoverStore
  storeOf: StoreOf
}

/**
 * Ends one login with the real server behind it; see `removeLogin`. A process that renews it comes to its end first, and
 * what it made of the profile is what is removed.
 */
export async function logOut(
  ports: LogOutPorts,
  {apiUrl, profile, force}: {apiUrl: string; profile: Profile; force: boolean},
): Promise<RemovedLogin> {
  const {profiles} = ports
  const remove = (profile: Profile, connectOidc = ports.connectOidc): Promise<RemovedLogin> =>
    removeLogin({...ports, revoke: revokeAt({...ports, connectOidc}, apiUrl)}, {apiUrl, profile, force})
  if (!profile.oidc) return remove(profile)
  try {
    return await inTurn(ports, profile, async (turn) => {
      const latest = (await profiles.list(apiUrl)).find(({id}) => id === profile.id)
      return remove(latest ?? profile, async (provider) => {
        const client = await ports.connectOidc(provider)
        if (!turn.isHeld()) throw new TurnLost()
        return client
      })
    })
  } catch (error) {
    if (!isAuthError(error) || error.code === 'CANCELLED') throw error
    return {...untouched(profile), failure: error}
  }
}
