import {Config, type Interfaces} from '@oclif/core'
import {replaceServices} from '../public/services-of.js'
import {createMemoryServices} from './memory-services.js'
import type {RunOptions} from './run-auth-command.js'
import {strictly} from './run-with-services.js'
import {nonInteractivePrompter} from './scripted-prompter.js'

/**
 * For what is no command, such as a hook: a configuration with which `connect`, `resolveIdentity` and `requireCredential` work as in
 * `runAuthCommand`. Variables of the process count.
 */
export async function createTestConfig(options: Omit<RunOptions, 'env'> = {}): Promise<Interfaces.Config> {
  const {login = {}, server, prompter = nonInteractivePrompter(), root = process.cwd(), bin} = options
  const config = await Config.load({root, userPlugins: false})
  if (bin !== undefined) config.bin = bin
  replaceServices(config, strictly(await createMemoryServices({login, server, prompter})))
  return config
}
