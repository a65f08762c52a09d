import {expect} from 'chai'
import {existsSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {requireThat} from '../../../plugin-auth/test/support/requires.js'
import {grace} from '../support/people.js'
import {CLI, createSandbox, type Sandbox} from '../support/sandbox.js'
import {nodeOf, oclifCore} from './support/managers.js'
import {type Surroundings, useRegistry} from './support/use-registry.js'

const PLAIN = fileURLToPath(new URL('../fixtures/plain-host.mjs', import.meta.url))
const cores = [2, 3, 4, 5] as const

/** A plugin of somebody else: a command with a flag, and something to say before each command. */
function writePlugin(folder: string, core: (typeof cores)[number]): string {
  const plugin = join(folder, `plugin-on-core-${core}`)
  const isModule = core === 5
  for (const path of ['commands/greet', 'hooks']) mkdirSync(join(plugin, path), {recursive: true})
  mkdirSync(join(plugin, 'node_modules', '@oclif'), {recursive: true})
  symlinkSync(oclifCore(core), join(plugin, 'node_modules', '@oclif', 'core'))
  const load = isModule
    ? `import {Command, Flags} from '@oclif/core'`
    : `const {Command, Flags} = require('@oclif/core')`
  const give = isModule ? 'export default' : 'module.exports ='
  writeFileSync(
    join(plugin, 'package.json'),
    JSON.stringify({
      name: `plugin-on-core-${core}`,
      version: '1.2.3',
      ...(isModule && {type: 'module'}),
      dependencies: {'@oclif/core': '*'},
      oclif: {commands: './commands', hooks: {init: './hooks/init', postrun: './hooks/init'}},
    }),
  )
  writeFileSync(
    join(plugin, 'commands', 'greet', `core${core}.js`),
    `${load}
class Greet extends Command {
  async run() {
    const {flags} = await this.parse(Greet)
    if (flags.fail) this.error('as asked', {exit: 42})
    this.log(\`\${flags.name} on \${this.config.bin} \${this.id}\`)
    return {core: ${core}}
  }
}
Greet.description = 'Say the name.'
Greet.enableJsonFlag = true
Greet.flags = {name: Flags.string({description: 'Whom.', default: 'you'}), fail: Flags.boolean()}
${give} Greet
`,
  )
  writeFileSync(
    join(plugin, 'hooks', 'init.js'),
    `${give} async function () { process.stderr.write('a hook on core ${core}\\n') }\n`,
  )
  return plugin
}

describe('the bundled host, beside what oclif does without a bundle', () => {
  requireThat(
    existsSync(nodeOf(24)) && cores.every((core) => existsSync(oclifCore(core))),
    'needs Node 24 and oclif 2 to 5 in the cache of .ci/run',
  )
  let given: Surroundings
  useRegistry((started) => (given = started))

  for (const node of [process.execPath, nodeOf(24)]) {
    const version = node === process.execPath ? 'this Node' : 'Node 24'

    it(`says the same and ends with the same code: ${version}`, async function () {
      this.timeout(400_000)
      const env = {npm_config_registry: given.registry.url, LLAMACTL_CREDENTIAL_STORE: 'file'}
      const [bundled, plain] = [CLI, PLAIN].map((cli) => createSandbox(env, [node, cli])) as [Sandbox, Sandbox]
      const plugins = join(given.folder, `plugins-${version}`)
      const usable = node === process.execPath ? cores.filter((core) => core !== 5) : cores
      const linked = usable.map((core) => [core, writePlugin(plugins, core)] as const)

      /** Both, at the same time. What a folder is called differs, and oclif runs the hooks of all plugins side by side. */
      async function compare(
        args: string[],
        {except, ...options}: {stdin?: string; env?: Record<string, string>; except?: RegExp} = {},
      ) {
        const isDebug = options.env?.['DEBUG'] !== undefined
        const [ours, theirs] = await Promise.all(
          [bundled, plain].map(async (sandbox) => {
            const {stdout, stderr, exitCode} = await sandbox.run(args, options)
            const told = (text: string) =>
              text
                .replaceAll(sandbox.folder, '~')
                .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'id')
                .replaceAll(except ?? /$^/g, '')
                .replaceAll(/\((?:node:\d+|Use `node[^)]*)\)/g, '(node)')
            return {stdout: told(stdout), exitCode, ...(!isDebug && {stderr: told(stderr).split('\n').sort()})}
          }),
        )
        expect(ours, args.join(' ')).to.deep.equal(theirs)
        return ours as {stdout: string; exitCode: number}
      }

      try {
        for (const args of [
          ['--version'],
          ['--help'],
          ['-h'],
          [],
          ['help'],
          ['help', 'auth'],
          ['help', 'auth', 'env'],
          ['auth'],
          ['auth', 'login', '--help'],
          ['auth', 'get', '--help'],
          ['plugins', '--help'],
          ['help', 'nothing'],
          ['auht'],
          ['auth', 'lits'],
          ['auth', 'lits', '--json'],
          ['auth', 'list'],
          ['auth', 'list', '--json'],
          ['auth', 'list', '--bogus'],
          ['auth', 'list', '--bogus', '--json'],
          ['auth', 'env', 'list', '-o', 'yaml'],
          ['auth', 'switch', 'nobody', '--no-interactive'],
          ['plugins'],
          ['plugins', '--core'],
          ['completion', 'generate', 'bash'],
          ['auth', 'env', 'add', given.plane.url],
        ]) {
          await compare(args)
        }

        // In the bundle a plugin is elsewhere, and what it needs is no package.
        const except = /(?<= location ).*|(?<=─ dependencies)[^]*/g
        const {stdout} = await compare(['plugins', 'inspect', '@llamactl/plugin-auth'], {except})
        expect(stdout).to.match(/─ version \d.*\n.* location \n[^]*─ auth:list\n/)

        expect(await compare(['auth', 'token', '--api-key', '-'], {stdin: grace.key})).to.include({exitCode: 0})
        for (const args of [
          ['auth', 'list'],
          ['auth', 'get'],
          ['auth', 'status', '--json'],
          ['auth', 'projects'],
        ]) {
          await compare(args)
        }

        await compare(['auth', 'list', '--json'], {env: {DEBUG: '*'}})
        await compare(['auth', 'lits'], {env: {DEBUG: '*'}})

        for (const [core, folder] of linked) {
          await compare(['plugins', 'link', '--no-install', folder])
          const greet = ['greet', `core${core}`]
          expect(await compare(greet)).to.include({exitCode: 0, stdout: `you on llamactl greet:core${core}\n`})
          await compare([...greet, '--name', 'Grace', '--json'])
          expect(await compare([...greet, '--fail'])).to.include({exitCode: 42})
          await compare([...greet, '--bogus'])
          await compare([...greet, '--help'])
        }

        await compare(['auth', 'list'])
        await compare(['--version'])
        await compare(['--help'])
        await compare(['plugins'])
        await compare(['plugins', 'unlink', `plugin-on-core-${usable[0]}`])
        await compare(['greet', `core${usable[0]}`])
        await compare(['plugins', 'install', '@llamactl/plugin-completion'])
        await compare(['plugins'])
        await compare(['completion', 'generate', 'fish'])
        await compare(['plugins', 'uninstall', '@llamactl/plugin-completion'])
        await compare(['plugins', 'reset'])
        await compare(['plugins'])
        writeFileSync(join(bundled.env['XDG_DATA_HOME'] ?? '', 'llamactl', 'package.json'), '{"damaged')
        writeFileSync(join(plain.env['XDG_DATA_HOME'] ?? '', 'llamactl', 'package.json'), '{"damaged')
        await compare(['auth', 'list'])
      } finally {
        bundled.remove()
        plain.remove()
      }
    })
  }
})
