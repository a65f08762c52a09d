import {clearLeftover, type ClearLeftoverPorts} from './clear-leftover.js'
import {mayBeThere} from './mint-login.js'

/**
 * Clears away what killed processes left behind in an environment, as far as it can be done now. What cannot be found
 * again is said by `warn` and forgotten. Returns, in one sentence each, what is left.
 */
export async function sweepLeftovers(
  ports: ClearLeftoverPorts & {warn(text: string): void},
  apiUrl: string,
): Promise<string[]> {
  const left: string[] = []
  for (const leftover of await ports.leftovers.list(apiUrl)) {
    if (!leftover.isAbandoned) continue
    const {login, key_name} = leftover
    if (key_name !== undefined && !login.oidc?.api_key_id) {
      ports.warn(mayBeThere(key_name))
    }

    left.push(...(await clearLeftover(ports, apiUrl, leftover)))
  }

  return left
}
