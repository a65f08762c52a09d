import type {Command, Interfaces} from '@oclif/core'
import {Plugin} from '@oclif/core/config'
import {modules} from '#bundle/contents'
import {BundledCommand} from './bundled-command.js'
import {late} from './late.js'
import {rootOf} from './located.js'
import {manifestOf} from './manifests.js'
import type {BundledModules, Snapshot} from './snapshot.js'

interface LoadedModule {
  filePath: string
  isESM: boolean
  module: Record<string, unknown>
}

/** A core plugin as it was when the bundle was built: nothing of it is read from the disk before it is needed. */
export class SnapshotPlugin extends Plugin {
  readonly #snapshot: Snapshot
  readonly #modules: BundledModules
  readonly #commands = new Map<string, Command.Loadable>()

  constructor(options: Interfaces.PluginOptions, snapshot: Snapshot) {
    super(options)
    this.#snapshot = snapshot
    this.#modules = modules[snapshot.pjson.name] ?? {}
  }

  override async load(): Promise<void> {
    const {pjson} = this.#snapshot
    const {name, version, type, oclif} = pjson
    const isRoot = this.options.isRoot ?? false
    Object.assign(this, {
      alias: this.options.name ?? name,
      // The files of commands follow the manifest: no discovery is needed, but `plugins` asks for how it would be done.
      commandDiscoveryOpts: oclif.commands === undefined ? undefined : {strategy: 'pattern', target: oclif.commands},
      flexibleTaxonomy: oclif.flexibleTaxonomy ?? false,
      hasManifest: true,
      hooks: Object.fromEntries(Object.entries(oclif.hooks ?? {}).map(([event, hooks]) => [event, listed(hooks)])),
      isRoot,
      moduleType: type === 'module' ? 'module' : 'commonjs',
      name,
      pjson,
      type: 'core',
      valid: true,
      version,
    })
    late(this, 'manifest', () => manifestOf(name))
    late(this, 'commandIDs', () => Object.keys(this.manifest.commands))
    late(this, 'commands', () => this.commandIDs.map((id) => this.commandOf(id)))
    late(this, 'root', () => rootOf(name))
  }

  /** One command, without the others. */
  commandOf(id: string): Command.Loadable | undefined {
    const known = this.#commands.get(id)
    const cached = this.manifest.commands[id]
    if (known || !cached) return known
    const load = async (): Promise<Command.Class> => this.findCommand(id, {must: true})
    const command = new BundledCommand({...cached, load, pluginAlias: this.alias, pluginType: 'core'})
    this.#commands.set(id, command as unknown as Command.Loadable)
    return command as unknown as Command.Loadable
  }

  override async findCommand(id: string, options: {must: true}): Promise<Command.Class>
  override async findCommand(id: string, options?: {must: boolean}): Promise<Command.Class | undefined>
  override async findCommand(id: string, options = {must: false}): Promise<Command.Class | undefined> {
    const path = this.manifest.commands[id]?.relativePath ?? []
    const load = this.#modules[path.join('/')]
    if (!load) return options.must ? super.findCommand(id, {must: true}) : super.findCommand(id)
    const command = load()['default'] as Command.Class
    return Object.assign(command, {id, plugin: this, isESM: this.moduleType === 'module', relativePath: path})
  }

  /** Asked for by oclif, as edited in `build/lazy-core.ts`. */
  bundledHook(target: string): LoadedModule | undefined {
    const module = this.#modules[target.replace(/^\.\//, '')]
    return module && {filePath: target, isESM: this.moduleType === 'module', module: module()}
  }
}

type Hooks = NonNullable<Interfaces.PJSON['oclif']['hooks']>[string]

const listed = (hooks: Hooks): {identifier: string; target: string}[] =>
  (Array.isArray(hooks) ? hooks : [hooks]).map((hook) =>
    typeof hook === 'string' ? {identifier: 'default', target: hook} : hook,
  )
