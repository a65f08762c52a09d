import {expect} from 'chai'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Sandbox} from '../support/sandbox.js'
import {expectKeychain} from './support/expect-keychain.js'
import {install, npm11} from './support/managers.js'
import {INSTALL_SCRIPTS, type Surroundings, useRegistry} from './support/use-registry.js'
import {root} from './support/workspace.js'

describe('`plugins install` of the packed plugin, into a data folder (case 72)', () => {
  let given: Surroundings

  useRegistry((started) => (given = started))

  const installPlugin = async (sandbox: Sandbox): Promise<void> => {
    const {stdout, stderr, exitCode} = await sandbox.run(['plugins', 'install', '@llamactl/plugin-auth'])
    expect(exitCode, stdout + stderr).to.equal(0)
    expect(stdout + stderr).not.to.match(INSTALL_SCRIPTS)
    const {stdout: plugins} = await sandbox.run(['plugins', '--json'])
    expect(plugins).to.contain('"type": "user"').and.contain('"@llamactl/plugin-auth"')
  }

  it('works in llamactl as it is published', async function () {
    this.timeout(120_000)
    const home = join(given.folder, 'home')
    mkdirSync(home)
    expect((await install(npm11, home, given.registry.url)).exitCode).to.equal(0)
    const env = {npm_config_registry: given.registry.url}
    await expectKeychain(given, [join(home, npm11.cli)], {env, first: installPlugin})
    expect(given.registry.fetched).not.to.include('@github/keytar')
  })

  it('brings the auth commands to a host that has none', async function () {
    this.timeout(120_000)
    const host = join(given.folder, 'host')
    mkdirSync(host)
    symlinkSync(join(root, 'node_modules'), join(host, 'node_modules'))
    writeFileSync(
      join(host, 'package.json'),
      JSON.stringify({
        name: 'otherctl',
        version: '3.1.4',
        type: 'module',
        dependencies: {'@oclif/plugin-plugins': '*'},
        // The sandbox looks for files there.
        oclif: {bin: 'otherctl', dirname: 'llamactl', topicSeparator: ' ', plugins: ['@oclif/plugin-plugins']},
      }),
    )
    writeFileSync(join(host, 'run.js'), `import {execute} from '@oclif/core'\nawait execute({dir: import.meta.url})\n`)
    const first = async (sandbox: Sandbox): Promise<void> => {
      expect((await sandbox.run(['auth', 'list'])).exitCode).not.to.equal(0)
      await installPlugin(sandbox)
    }
    const env = {npm_config_registry: given.registry.url}
    await expectKeychain(given, [process.execPath, join(host, 'run.js')], {env, first})
  })
})
