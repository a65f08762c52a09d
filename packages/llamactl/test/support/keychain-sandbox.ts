import {type DevControlPlane, type DevControlPlaneOptions, startDevControlPlane} from '@llamactl/dev-control-plane'
import {type SecretService, startSecretService} from '../../../plugin-auth/test/support/secret-service.js'
import {prepare} from './prepare.js'
import {createSandbox, type Sandbox} from './sandbox.js'

/** The variables by which a sandbox finds a keychain. */
export const reaching = ({env}: {env: NodeJS.ProcessEnv}) => {
  const {DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = ''} = env
  return {DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR}
}

export interface KeychainSandbox {
  plane: DevControlPlane
  keychain: SecretService
  /** Keeps secrets in that keychain; the environment of that control plane is its current one. */
  sandbox: Sandbox
}

/** For each test of a `describe`: a control plane, a real keychain and a sandbox of its own. */
export function useKeychain(assign: (started: KeychainSandbox) => void): void {
  let started: KeychainSandbox & {stop(): Promise<void>}

  beforeEach(async () => {
    started = await startKeychain()
    assign(started)
  })
  afterEach(() => started.stop())
}

export async function startKeychain(
  options: DevControlPlaneOptions = {},
): Promise<KeychainSandbox & {stop(): Promise<void>}> {
  const plane = await startDevControlPlane(options)
  const keychain = await startSecretService()
  const sandbox = createSandbox({LLAMACTL_CREDENTIAL_STORE: '', ...reaching(keychain)})
  await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  return {
    ...{plane, keychain, sandbox},
    async stop() {
      sandbox.remove()
      await keychain.stop()
      await plane.close()
    },
  }
}

/** The library that keeps the secret of the only profile. */
export function engineOf(sandbox: Sandbox): string | undefined {
  const [, text = '{}'] = Object.entries(sandbox.files()).find(([name]) => name.includes('/profiles/')) ?? []
  return (JSON.parse(text) as {credential?: {engine: string}}).credential?.engine
}
