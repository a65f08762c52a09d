import {DEFAULT_API_URL} from '../environments/api-url.js'
import {LLAMA_CLOUD, namesWithPrefix, type VariableNames} from '../identity/variable-names.js'
import type {HostDescriptor} from './descriptor.js'
import type {HostConfig} from './host-config.js'
import {SHARED_HOST, sharedConfigFolder} from './shared-host.js'

/** The CLI that the commands run in, as they see it. */
export interface Host {
  /** Undefined: texts name none. */
  product: string | undefined
  /** Where the commands are, with `:` between its words. */
  topic: string
  /** The environments that are known without being added. The first one is the default. */
  apiUrls: readonly [string, ...string[]]
  variables: VariableNames
  /** Whether its credentials are those of LlamaCloud, and so what the Python llamactl left is of use. */
  isLlamaCloud: boolean
  configFolder: string
  keychainService: string
  /** What keys begin with. */
  keyPrefixes: readonly string[]
}

/** `descriptor` has been narrowed; it is empty for a host that has none. */
export function createHost(config: HostConfig, env: NodeJS.ProcessEnv, descriptor: HostDescriptor = {}): Host {
  const {product, topic = OWN_TOPIC, apiUrl = DEFAULT_API_URL, variablePrefix, keyPrefix, shares} = descriptor
  const variables = variablePrefix === undefined ? LLAMA_CLOUD : namesWithPrefix(variablePrefix)
  return {
    product,
    topic,
    apiUrls: shares === undefined ? [apiUrl] : [apiUrl, DEFAULT_API_URL],
    variables,
    isLlamaCloud: variables === LLAMA_CLOUD,
    configFolder: shares === undefined ? config.configDir : sharedConfigFolder(config, env),
    keychainService: shares === undefined ? (descriptor.keychainService ?? config.dirname) : SHARED_HOST,
    keyPrefixes: keyPrefix === undefined ? [LLAMA_CLOUD_KEY] : [LLAMA_CLOUD_KEY, keyPrefix],
  }
}

/** What the author of the host wrote, if anything. */
export const descriptorIn = ({pjson}: Pick<HostConfig, 'pjson'>): unknown => (pjson.oclif as {auth?: unknown}).auth

/** The host of this invocation. Rejects with `HOST_MISCONFIGURED`. */
export async function readHost(config: HostConfig, env: NodeJS.ProcessEnv): Promise<Host> {
  const written = descriptorIn(config)
  if (written === undefined) return createHost(config, env)
  const {parseDescriptor} = await import('./descriptor.js')
  return createHost(config, env, parseDescriptor(written, config.bin))
}

/** Also where it is another product's: somebody may have pasted it. */
const LLAMA_CLOUD_KEY = 'llx-'

/** The topic that the commands have in our own manifest. */
export const OWN_TOPIC = 'auth'

/** The id of one of our commands, as this host has it: `auth:login` is `account:login`. */
export const idIn = (topic: string, id: string): string => id.replace(/^auth(?=:|$)/, topic)
