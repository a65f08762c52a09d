import type {Config, Interfaces} from '@oclif/core'
import type {Connection} from './connection.js'
import type {ChosenIdentity, Credential, Identity} from './identity.js'

/**
 * What `AuthCommand` gives a command, for a hook or a class that extends another one.
 *
 * @param config - oclif's configuration: `this.config` of a command, `options.config` of a hook
 * @param chosen - as the flags of `AuthCommand` would say it
 * @throws AuthError `ENVIRONMENT_NOT_FOUND`, `USAGE` for a variable that cannot be used, `STORAGE_ERROR`
 */
export async function connect(config: Interfaces.Config, chosen: ChosenIdentity = {}): Promise<Connection> {
  const {invocationFor} = await import('./invocation.js')
  return (await invocationFor(config as Config, chosen)).connect()
}

/** Who an invocation is. Asks no server and no keychain. Throws as `connect` does. */
export async function resolveIdentity(config: Interfaces.Config, chosen: ChosenIdentity = {}): Promise<Identity> {
  return (await connect(config, chosen)).identity
}

/** The secret of that identity. Throws as `connect` and `Connection.requireCredential` do. */
export async function requireCredential(config: Interfaces.Config, chosen: ChosenIdentity = {}): Promise<Credential> {
  return (await connect(config, chosen)).requireCredential()
}
