import {clearLeftover, type ClearLeftoverPorts} from './clear-leftover.js'
import {mayBeThere} from './mint-key.js'

/**
 * Clears away what killed processes, and logouts while the server was away, left behind in an environment, as far as it
 * can be done now. What cannot be found again is said by `warn` and forgotten. Returns, in one sentence each, what is
 * left.
 */
export async function sweepLeftovers(
  ports: ClearLeftoverPorts & {warn(text: string): void; say(text: string): void},
  apiUrl: string,
): Promise<string[]> {
  const left: string[] = []
  for (const leftover of await ports.leftovers.list(apiUrl)) {
    if (!leftover.isAbandoned) continue
    const {login, key_name, logged_out} = leftover
    if (key_name !== undefined && !login.oidc?.api_key_id) ports.warn(mayBeThere(key_name))

    const remaining = await clearLeftover(ports, apiUrl, leftover)
    if (logged_out && remaining.length === 0) {
      ports.say(`API key ${login.oidc?.api_key_id} of an earlier logout of ${login.name} is deleted now.`)
    }

    left.push(...remaining)
  }

  return left
}
