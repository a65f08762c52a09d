import {expect} from 'chai'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {createSandbox, type Sandbox} from '../support/sandbox.js'
import {expectKeychain} from './support/expect-keychain.js'
import {install, managers, npm11} from './support/managers.js'
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

  describe('works in llamactl as it is published', () => {
    let home: string
    before(async function () {
      this.timeout(120_000)
      home = join(given.folder, 'home')
      mkdirSync(home)
      expect((await install(npm11, home, given.registry.url)).exitCode).to.equal(0)
    })

    /** A folder with Node.js, a shell, and npm where one is given. */
    const pathWith = (name: string, npm?: string, node = process.execPath): string => {
      const path = join(given.folder, name)
      mkdirSync(path)
      symlinkSync(node, join(path, 'node'))
      symlinkSync('/bin/sh', join(path, 'sh'))
      if (npm !== undefined) symlinkSync(npm, join(path, 'npm'))
      return path
    }

    for (const {title, command} of managers.filter((manager) => manager.command.at(-1)?.endsWith('npm-cli.js'))) {
      it(`with the npm of the machine: ${title}`, async function () {
        this.timeout(120_000)
        const [node, npm] = command
        const PATH = pathWith(title, npm, node)
        const env = {PATH, npm_config_registry: given.registry.url}
        await expectKeychain(given, [join(home, npm11.cli)], {env, first: installPlugin})
        expect(given.registry.fetched).not.to.include('@github/keytar')
      })
    }

    it('with the npm that is installed beside it', async function () {
      this.timeout(120_000)
      const both = join(given.folder, 'both')
      mkdirSync(both)
      const beside = {...npm11, args: [...npm11.args, 'npm']}
      expect((await install(beside, both, given.registry.url)).exitCode).to.equal(0)
      const env = {PATH: pathWith('nothing'), npm_config_registry: given.registry.url}
      await expectKeychain(given, [join(both, npm11.cli)], {env, first: installPlugin})
    })

    it('and says what is missing where there is no npm', async () => {
      const sandbox = createSandbox({PATH: pathWith('no npm')}, [join(home, npm11.cli)])
      try {
        const line = ['plugins', 'install', '@llamactl/plugin-auth']
        const {stdout, stderr, exitCode} = await sandbox.run(line)
        expect(stderr).to.match(
          /^Error: plugins install runs npm, and there is none on PATH\. \(NPM_MISSING\)\n {2}npm comes/,
        )
        expect([stdout, exitCode]).to.deep.equal(['', 1])
        const json = await sandbox.run([...line, '--json'])
        expect(json.json()).to.have.nested.property('error.code', 'NPM_MISSING')
        expect([json.stderr, json.exitCode]).to.deep.equal(['', 1])
        expect((await sandbox.run(['auth', 'list'])).exitCode).to.equal(0)
      } finally {
        sandbox.remove()
      }
    })
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
