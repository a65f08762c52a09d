import type {TestControlPlane} from './test-login.js'

/**
 * Starts the dev control plane on a port of 127.0.0.1 that is free. `@llamactl/dev-control-plane` is loaded now and not
 * before: it has to be among your devDependencies. For its faults and its own types, import it yourself.
 */
export async function startControlPlane(): Promise<TestControlPlane> {
  const {startDevControlPlane} = await import('@llamactl/dev-control-plane')
  return startDevControlPlane()
}
