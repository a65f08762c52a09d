import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {Environment} from './environment.js'

/** The environment with what its server says of itself now. */
export async function probeEnvironment(server: ControlPlaneClient, environment: Environment): Promise<Environment> {
  const {requires_auth, min_llamactl_version} = await server.version()
  return {...environment, requires_auth, min_llamactl_version}
}
