// The CLI as people have it: packed, served by a registry on loopback, and installed globally by npm. The test suites do the same.
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {startRegistry} from '../../packages/llamactl/test/packaging/support/registry.ts'
import {packPackages} from '../../packages/llamactl/test/packaging/support/workspace.ts'
import {run, say} from './run.mjs'

export async function withPackedCli(folder, work) {
  say('Packing, and installing globally …')
  const tarballs = await packPackages(folder)
  const registry = await startRegistry([...tarballs, await packPlugin(folder)])
  try {
    const prefix = join(folder, 'global')
    await run(['npm', 'install', '--global', 'llamactl'], {
      env: npmEnv(folder, {registry: registry.url, prefix}),
      cwd: folder,
    })
    return await work({
      bin: join(prefix, 'bin', 'llamactl'),
      modules: join(prefix, 'lib', 'node_modules'),
      registry,
      tarballs,
    })
  } finally {
    await registry.close()
  }
}

export const npmEnv = (folder, {registry, prefix}) => ({
  PATH: process.env.PATH,
  HOME: folder,
  npm_config_cache: join(folder, 'npm-cache'),
  npm_config_update_notifier: 'false',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  ...(registry && {npm_config_registry: registry}),
  npm_config_prefix: prefix,
})

export const PLUGIN = 'llamactl-bench-plugin'

/** A plugin as somebody may have installed: one command. */
async function packPlugin(folder) {
  const source = join(folder, 'plugin')
  mkdirSync(join(source, 'commands'), {recursive: true})
  const version = '1.0.0'
  const description = {
    name: PLUGIN,
    version,
    type: 'module',
    dependencies: {'@oclif/core': '^4'},
    oclif: {commands: './commands', topicSeparator: ' '},
  }
  writeFileSync(join(source, 'package.json'), JSON.stringify(description))
  writeFileSync(
    join(source, 'commands', 'greet.js'),
    `import {Command} from '@oclif/core'
export default class Greet extends Command {
  static summary = 'Greet.'
  async run() {
    await this.parse(Greet)
    this.log('hello')
  }
}
`,
  )
  const manifest = {
    version,
    commands: {
      greet: {
        ...{id: 'greet', summary: 'Greet.', aliases: [], hiddenAliases: [], args: {}, flags: {}, strict: true},
        ...{pluginAlias: PLUGIN, pluginName: PLUGIN, pluginType: 'user', isESM: true, hasDynamicHelp: false},
        relativePath: ['commands', 'greet.js'],
      },
    },
  }
  writeFileSync(join(source, 'oclif.manifest.json'), JSON.stringify(manifest))
  return pack(folder, source, {name: PLUGIN, version})
}

async function pack(folder, source, {name, version}) {
  const destination = join(folder, 'packed')
  await run(['npm', 'pack', '--pack-destination', destination], {
    env: {PATH: process.env.PATH, HOME: folder, npm_config_update_notifier: 'false'},
    cwd: source,
  })
  return {name, version, path: join(destination, `${name}-${version}.tgz`)}
}

export const EMPTY = 'llamactl-bench-empty'

/** What no installation is faster than. */
export function packEmpty(folder) {
  const description = {name: EMPTY, version: '1.0.0'}
  const source = join(folder, 'empty')
  mkdirSync(source)
  writeFileSync(join(source, 'package.json'), JSON.stringify(description))
  return pack(folder, source, description)
}
