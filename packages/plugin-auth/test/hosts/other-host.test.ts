import {startDevControlPlane, type DevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {text} from 'node:stream/consumers'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const require = createRequire(import.meta.url)
const plugin = dirname(require.resolve('@llamactl/plugin-auth/package.json'))
const core = dirname(require.resolve('@oclif/core/package.json'))
const commands = [
  'list',
  'log',
  'exec',
  'inject',
  'print',
  'switch',
  'logout',
  'login',
  'token',
  'project',
  'import',
  'status',
  'projects',
  'organizations',
  'config',
  'env:list',
  'env:add',
  'env:switch',
  'env:delete',
]

describe('in a host of another name, with colons between topics', () => {
  const folder = useTemporaryFolder()
  let plane: DevControlPlane

  before(async () => {
    plane = await startDevControlPlane()
  })
  after(() => plane.close())
  beforeEach(() => {
    const modules = join(folder(), 'host', 'node_modules')
    for (const [name, target] of [
      ['@llamactl/plugin-auth', plugin],
      ['@oclif/core', core],
    ] as const) {
      mkdirSync(dirname(join(modules, name)), {recursive: true})
      symlinkSync(target, join(modules, name))
    }

    const description = {
      name: 'otherctl',
      version: '3.1.4',
      type: 'module',
      bin: {otherctl: 'run.js'},
      dependencies: {'@llamactl/plugin-auth': '*', '@oclif/core': '*'},
      oclif: {bin: 'otherctl', dirname: 'otherctl-files', topicSeparator: ':', plugins: ['@llamactl/plugin-auth']},
    }
    writeFileSync(join(folder(), 'host', 'package.json'), JSON.stringify(description))
    writeFileSync(
      join(folder(), 'host', 'run.js'),
      `import {execute} from '@oclif/core'\nawait execute({dir: import.meta.url})\n`,
    )
  })

  /** Not `spawnSync`: the control plane has to answer from this process meanwhile. */
  async function run(args: string[], input = ''): Promise<{output: string; status: number | null}> {
    const child = spawn(process.execPath, [join(folder(), 'host', 'run.js'), ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder(),
        XDG_CONFIG_HOME: join(folder(), 'config'),
        XDG_CACHE_HOME: join(folder(), 'cache'),
        XDG_DATA_HOME: join(folder(), 'data'),
        OTHERCTL_CREDENTIAL_STORE: 'file',
        NO_COLOR: '1',
      },
    })
    child.stdin.end(input)
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return {output: stdout + stderr, status: await ended}
  }

  const namesUs = (text: string) =>
    text
      .replaceAll('@llamactl/plugin-auth', '')
      .replaceAll('min_llamactl_version', '')
      .replaceAll(/Python\s+llamactl/g, '')
      .match(/.*llamactl.*/gi)

  for (const command of commands) {
    it(`never says llamactl in the help of auth:${command}`, async () => {
      const {output, status} = await run([`auth:${command}`, '--help'])
      expect(status, output).to.equal(0)
      expect(output).to.contain(`$ otherctl auth:${command}`)
      expect(namesUs(output)).to.equal(null)
    })

    // The log of an environment that is not known any more is worth reading.
    if (command === 'log') continue
    it(`never says llamactl when auth:${command} fails`, async () => {
      const {output, status} = await run([`auth:${command}`, '--environment', 'https://unknown.invalid'])
      expect(status).to.equal(1)
      expect(output).to.contain('otherctl auth:env:add https://unknown.invalid')
      expect(namesUs(output)).to.equal(null)
    })
  }

  it('logs in, lists, switches and logs out, with folders, variables and service of its own', async () => {
    const outputs = []
    for (const [args, input] of [
      [['auth:env:add', plane.url]],
      [['auth:token', '--api-key', '-'], 'llx-dev-grace-only-for-this-machine-9ce2'],
      [['auth:list']],
      [['auth:switch', 'nobody']],
      [['auth:switch', 'llx-de****9ce2']],
      [['auth:project']],
      [['auth:logout']],
      [['auth:logout', 'llx-de****9ce2']],
      [['auth:list']],
      [['auth:switch']],
    ] as [string[], string?][]) {
      outputs.push(await run(args, input))
    }

    const name = `http-127.0.0.1_3a${new URL(plane.url).port}`
    const file = join(folder(), 'config', 'otherctl-files', 'environments', name, 'environment.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.include({api_url: plane.url})
    expect(outputs.map(({status}) => status)).to.deep.equal([0, 0, 0, 1, 0, 0, 2, 0, 0, 4])
    for (const {output} of outputs) expect(namesUs(output)).to.equal(null)
  })

  it('leaves a command of the host that is called as an alias of ours to the host', async () => {
    const host = join(folder(), 'host')
    const description = JSON.parse(readFileSync(join(host, 'package.json'), 'utf8')) as {oclif: object}
    const oclif = {...description.oclif, commands: './commands'}
    writeFileSync(join(host, 'package.json'), JSON.stringify({...description, oclif}))
    mkdirSync(join(host, 'commands', 'projects'), {recursive: true})
    for (const name of ['config', 'projects/get']) {
      writeFileSync(
        join(host, 'commands', `${name}.js`),
        `import {Command} from '@oclif/core'\nexport default class extends Command {async run() {this.log('of the host')}}\n`,
      )
    }

    for (const id of ['config', 'projects:get']) expect((await run([id])).output, id).to.equal('of the host\n')
    expect((await run(['projects:use', 'prj-notes'])).output).to.contain('otherctl auth:login')
  })
})
