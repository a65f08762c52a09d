import type {HostConfig} from './host-config.js'
import {type Host, idIn, OWN_TOPIC} from './host.js'
import {textsOf} from './texts.js'

/** A command as oclif knows it before its class is loaded, from our manifest. */
export interface LoadableCommand {
  id: string
  aliases?: string[]
  hiddenAliases?: string[]
  permutations?: string[] | undefined
  aliasPermutations?: string[] | undefined
  strict?: boolean
  args?: object
  load(): Promise<{id: string}>
}

interface LoadedPlugin {
  name: string
  commands: LoadableCommand[]
  pjson: {oclif: {topics?: Record<string, object>}}
}

/** What is changed in oclif's `Config`, and what it is made anew with: the same in core 4 and 5. */
export interface LoadedConfig extends HostConfig {
  topicSeparator: string
  plugins: Map<string, LoadedPlugin>
  scopedEnvVarKey(key: string): string
  findCommand(id: string): LoadableCommand | undefined
  _commands: Map<string, LoadableCommand>
  _commandIDs: string[] | undefined
  _topics: Map<string, object>
  commandPermutations: object
  topicPermutations: object
  loadCommands(plugin: LoadedPlugin): void
  loadTopics(plugin: LoadedPlugin): void
}

/**
 * oclif takes the ids of a plugin's commands from its manifest, which is the same in every host. So they are renamed in the
 * plugin, once that is loaded, and the lists that were made of all plugins are made again: also those that another copy of oclif
 * makes of the same plugins later.
 */
export function adoptCommands(config: LoadedConfig, host: Host): void {
  const plugin = config.plugins.get(OWN_NAME)
  if (!plugin) return
  const texts = textsOf(config, host)
  // What the Python llamactl left, and what it called its commands, is of use with LlamaCloud only.
  const commands = plugin.commands.filter(({id}) => host.isLlamaCloud || id !== 'auth:import')
  plugin.commands = commands.map((command) => {
    const id = idIn(host.topic, command.id)
    const {aliases, hiddenAliases, load, ...rest} = command
    return {
      ...texts(rest),
      id,
      // Of the id in the manifest, if at all; absent, oclif makes them of this one.
      permutations: undefined,
      aliasPermutations: undefined,
      aliases: aliasesIn(host, aliases),
      hiddenAliases: aliasesIn(host, hiddenAliases),
      async load() {
        const CommandClass = await load()
        CommandClass.id = id
        return CommandClass
      },
    }
  })
  const {topics = {}} = plugin.pjson.oclif
  plugin.pjson.oclif.topics = Object.fromEntries(
    Object.entries(topics).map(([name, topic]) => [idIn(host.topic, name), texts(topic)]),
  )
  listAnew(config)
}

const OWN_NAME = '@llamactl/plugin-auth'

const aliasesIn = ({topic, isLlamaCloud}: Host, aliases: string[] = []): string[] =>
  aliases.filter((alias) => isLlamaCloud || alias.startsWith(`${OWN_TOPIC}:`)).map((alias) => idIn(topic, alias))

function listAnew(config: LoadedConfig): void {
  config._commands = new Map()
  config._topics = new Map()
  config._commandIDs = undefined
  // They are of a class of oclif's own, which it does not export.
  for (const name of ['commandPermutations', 'topicPermutations'] as const) {
    config[name] = new (config[name].constructor as new () => object)()
  }

  for (const plugin of config.plugins.values()) {
    config.loadCommands(plugin)
    config.loadTopics(plugin)
  }
}
