import {cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {createSandbox, type Finished, type RunOptions, type Running, type Sandbox} from '../../support/sandbox.js'
import {nodeOf, oclifCore5} from './managers.js'
import {root} from './workspace.js'

/** A CLI that is not llamactl, as its author would write it. */
export interface HostShape {
  bin: string
  /** With 4 it is written in CommonJS, with 5 in ESM and run by Node 22. */
  core: 4 | 5
  separator: ' ' | ':'
  /** `oclif.auth` */
  auth?: object
  /** The plugin's folder; absent: that of the workspace, in which oclif has no list of its commands. */
  plugin?: string
  /** Whether it brings the plugin along; absent: yes. */
  isBundled?: boolean
  /** Other plugins that it brings along, beside those for help and for plugins. */
  others?: readonly string[]
  /** Of a copy of the plugin that it brings along; absent: it has the built one. */
  bundledVersion?: string
}

/** A host in a home, with its commands called as its author wants: `host.run('env:add', url)`. */
export interface InventedHost {
  shape: HostShape
  topic: string
  sandbox: Sandbox
  configFolder: string
  /** As a person types it: `account:env:add`, or `account env add`. */
  typed(command: string): string
  run(command: string, args?: string[], options?: RunOptions): Promise<Finished>
  start(command: string, args?: string[], options?: RunOptions): Running
  /** A line that is not about our commands. */
  runRaw(args: string[], options?: RunOptions): Promise<Finished>
}

/** Writes the host into `folder`, which it makes. Returns the command line that starts it. */
export function writeHost(folder: string, shape: HostShape): string[] {
  const {bin, core, separator, auth, plugin, isBundled = true, others = []} = shape
  const plugins = [...(isBundled ? [PLUGIN] : []), '@oclif/plugin-help', '@oclif/plugin-plugins', ...others]
  const modules = join(folder, 'node_modules')
  const there = (name: string): string => realpathSync(join(root, 'node_modules', name))
  const link = (name: string, target: string): void => {
    mkdirSync(dirname(join(modules, name)), {recursive: true})
    symlinkSync(target, join(modules, name))
  }
  for (const name of plugins)
    if (name !== PLUGIN || !shape.bundledVersion) link(name, name === PLUGIN && plugin ? plugin : there(name))
  if (shape.bundledVersion) copyPlugin(join(modules, PLUGIN), there(PLUGIN), shape.bundledVersion)
  link('@oclif/core', core === 4 ? there('@oclif/core') : realpathSync(oclifCore5))

  const description = {
    name: `${bin}-cli`,
    version: '3.1.4',
    ...(core === 5 && {type: 'module'}),
    bin: {[bin]: 'run.js'},
    dependencies: Object.fromEntries([...plugins, '@oclif/core'].map((name) => [name, '*'])),
    oclif: {bin, dirname: bin, topicSeparator: separator, plugins, ...(auth && {auth})},
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(description, undefined, 2))
  const source =
    core === 5
      ? `import {execute} from '@oclif/core'\nawait execute({dir: import.meta.url})\n`
      : `const {execute} = require('@oclif/core')\nexecute({dir: __dirname})\n`
  writeFileSync(join(folder, 'run.js'), source)
  return [core === 5 ? nodeOf(22) : process.execPath, join(folder, 'run.js')]
}

/** Its secrets are in plain files unless `env` says otherwise. */
export function openHost(cli: string[], shape: HostShape, env: Record<string, string> = {}): InventedHost {
  const variable = (name: string): string => `${shape.bin.replaceAll('-', '_').toUpperCase()}_${name}`
  const sandbox = createSandbox({[variable('CREDENTIAL_STORE')]: 'file', ...env}, cli)
  const topic = (shape.auth as {topic?: string} | undefined)?.topic ?? 'auth'
  const typed = (command: string): string => `${topic}:${command}`.replaceAll(':', shape.separator)
  const words = (command: string): string[] => typed(command).split(' ')
  return {
    shape,
    topic,
    sandbox,
    typed,
    configFolder: join(dirname(sandbox.configFolder), shape.bin),
    run: (command, args = [], options) => sandbox.run([...words(command), ...args], options),
    start: (command, args = [], options) => sandbox.start([...words(command), ...args], options),
    runRaw: (args, options) => sandbox.run(args, options),
  }
}

export const PLUGIN = '@llamactl/plugin-auth'

function copyPlugin(folder: string, from: string, version: string): void {
  mkdirSync(folder, {recursive: true})
  cpSync(join(from, 'dist'), join(folder, 'dist'), {recursive: true})
  const description = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as object
  writeFileSync(join(folder, 'package.json'), JSON.stringify({...description, version}))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}
