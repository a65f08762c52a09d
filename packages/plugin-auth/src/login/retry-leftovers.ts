import {AuthError, isAuthError} from '../errors.js'
import type {Leftover} from '../profiles/leftover-store.js'
import {isSamePerson, type Profile} from '../profiles/profile.js'
import {clearLeftover, type ClearLeftoverPorts} from './clear-leftover.js'
import {requireCredential} from './require-credential.js'

export interface RetriedLogout {
  login: Leftover['login']
  isDone: boolean
  /** One sentence each: what is still left. */
  left: string[]
  /** What the server said last, where it was asked. */
  failure?: AuthError
}

/**
 * Tries to end what logouts could not: by its own secret where that is still here, else by the API keys of the profiles
 * there are. Of the same person a server answers 404 when the key is gone; of anybody else, when the key is not theirs.
 * No refresh token of a living profile is spent on it.
 */
export async function retryLeftovers(ports: ClearLeftoverPorts, apiUrl: string): Promise<RetriedLogout[]> {
  const known = await ports.profiles.list(apiUrl)
  const accounts = known.map(({credential}) => credential?.account)
  const results: RetriedLogout[] = []
  for (const leftover of await ports.leftovers.list(apiUrl)) {
    const {login, isAbandoned} = leftover
    if (!isAbandoned || accounts.includes(login.credential.account)) continue
    results.push(await retry(ports, apiUrl, leftover, known))
  }

  return results
}

async function retry(
  ports: ClearLeftoverPorts,
  apiUrl: string,
  {isAbandoned: _, ...leftover}: Leftover,
  known: Profile[],
): Promise<RetriedLogout> {
  const {login} = leftover
  let failure: AuthError | undefined
  const asking = (profile: Profile, isSame: boolean): NonNullable<ClearLeftoverPorts['person']> => ({
    subject: login.oidc?.subject ?? '',
    discoveryUrl: login.oidc?.discovery_url ?? '',
    server: {
      deleteApiKey: async (id) => {
        try {
          const {apiKey} = await requireCredential(ports.storeOf, profile)
          const isDeleted = await (await ports.controlPlane(apiUrl, apiKey)).deleteApiKey(id)
          if (isDeleted || isSame) return isDeleted
          throw new AuthError('CREDENTIAL_REJECTED', `The server does not know it as a key of ${profile.name}.`)
        } catch (error) {
          if (isAuthError(error)) failure = error
          throw error
        }
      },
    },
  })

  let left = await clearLeftover(ports, apiUrl, leftover)
  for (const profile of known) {
    if (left.length === 0) break
    const {oidc} = profile
    const isSame = isSamePerson(oidc, login.oidc)
    if (!login.oidc || !profile.credential || (oidc && !isSame)) continue
    left = await clearLeftover({...ports, person: asking(profile, isSame)}, apiUrl, leftover)
  }

  return {login, isDone: left.length === 0, left, ...(failure && {failure})}
}
