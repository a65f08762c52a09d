import {expect} from 'chai'
import {existsSync, readFileSync, realpathSync, rmSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat} from '../../../plugin-auth/test/support/requires.js'
import {grace} from '../support/people.js'
import {described, keepsTheContract} from './support/host-contract.js'
import {type HostShape, type InventedHost, openHost, PLUGIN, writeHost} from './support/invented-host.js'
import {nodeOf, oclifCore5} from './support/managers.js'
import {type Surroundings, useRegistry} from './support/use-registry.js'
import {root} from './support/workspace.js'

type Way = 'core plugin' | 'plugins install' | 'plugins link'

const hosts: [way: Way, shape: Omit<HostShape, 'auth'>, topic: string][] = [
  ['core plugin', {bin: 'acme', core: 4, separator: ' '}, 'account'],
  ['core plugin', {bin: 'acme-ctl', core: 4, separator: ':'}, 'cloud:account'],
  ['core plugin', {bin: 'zeta', core: 5, separator: ' '}, 'cloud:account'],
  ['core plugin', {bin: 'zeta-ctl', core: 5, separator: ':'}, 'account'],
  ['plugins install', {bin: 'acme', core: 4, separator: ' '}, 'cloud:account'],
  ['plugins install', {bin: 'zeta', core: 5, separator: ':'}, 'account'],
  ['plugins link', {bin: 'acme', core: 4, separator: ':'}, 'account'],
  ['plugins link', {bin: 'zeta', core: 5, separator: ' '}, 'account'],
]

describe('a host that is not llamactl', () => {
  requireThat(existsSync(nodeOf(22)) && existsSync(oclifCore5), 'needs Node 22 and oclif 5 in the cache of .ci/run')
  let given: Surroundings
  useRegistry((started) => (given = started))

  for (const [index, [way, shape, topic]] of hosts.entries()) {
    const {core, separator, bin} = shape
    describe(`on oclif ${core}, called \`${bin} ${`${topic}:login`.replaceAll(':', separator)}\`, with a ${way}`, function () {
      this.timeout(120_000)
      let host: InventedHost

      before(async () => {
        const whole = {
          ...shape,
          isBundled: way === 'core plugin',
          plugin: given.plugin,
          auth: described(given.plane.url, topic),
        }
        const cli = writeHost(join(given.folder, `host-${index}`), whole)
        host = openHost(cli, whole, {npm_config_registry: given.registry.url})
        if (way === 'core plugin') return
        const line = way === 'plugins link' ? ['link', '--no-install', PLUGIN_FOLDER] : ['install', PLUGIN]
        const {exitCode, stdout, stderr} = await host.runRaw([
          ...`plugins${separator}${line[0]}`.split(' '),
          ...line.slice(1),
        ])
        expect(exitCode, stdout + stderr).to.equal(0)
      })
      after(() => host.sandbox.remove())

      keepsTheContract(() => ({host, plane: given.plane}))
    })
  }

  for (const core of [4, 5] as const) {
    it(`completes its commands under the topic that it chose, also once a plugin was changed: on oclif ${core}`, async function () {
      this.timeout(120_000)
      const auth = described(given.plane.url, 'account')
      const shape = {bin: 'acme', core, separator: ' ', auth, others: ['@llamactl/plugin-completion']} as const
      const folder = join(given.folder, `host-that-completes-${core}`)
      const host = openHost(writeHost(folder, shape), shape)
      const index = join(host.sandbox.folder, 'cache', 'acme', 'completion', 'spec.tsv')
      const topics = () => new Set(readFileSync(index, 'utf8').match(/(?<=^C\t)\w+/gm))
      try {
        const {exitCode, stderr} = await host.runRaw(['completion', 'install', '--shell', 'bash'])
        expect(exitCode, stderr).to.equal(0)
        expect([...topics()])
          .to.include('account')
          .and.not.to.include('auth')
        const now = new Date(Date.now() + 5000)
        utimesSync(join(folder, 'package.json'), now, now)
        rmSync(index)
        await host.run('list')
        expect([...topics()])
          .to.include('account')
          .and.not.to.include('auth')
      } finally {
        host.sandbox.remove()
      }
    })
  }

  it('stops at once where its author is mistaken, whatever is typed, and names the key', async () => {
    const shape = {bin: 'acme', core: 5, separator: ' ', auth: {apiUrl: given.plane.url}} as const
    const host = openHost(writeHost(join(given.folder, 'host-of-a-mistake'), shape), shape)
    try {
      for (const args of [['--version'], ['plugins'], ['auth', 'list'], ['auth', 'login', '--help']]) {
        const {stdout, stderr, exitCode} = await host.runRaw(args)
        expect({stdout, exitCode}, args.join(' ')).to.deep.equal({stdout: '', exitCode: 1})
        expect(stderr).to.contain('"oclif.auth.variablePrefix" in the package.json of acme is missing')
      }

      const json = await host.runRaw(['auth', 'list', '--json'])
      expect(json.json()).to.have.nested.property('error.code', 'HOST_MISCONFIGURED')
      expect(json.stderr).to.equal('')
    } finally {
      host.sandbox.remove()
    }
  })

  it('runs the copy that its user installed, which may be newer, and the one it brings along after that was removed', async function () {
    this.timeout(120_000)
    const auth = described(given.plane.url, 'account')
    const shape = {bin: 'acme', core: 4, separator: ' ', auth, bundledVersion: '0.0.9'} as const
    const cli = writeHost(join(given.folder, 'host-with-two-copies'), shape)
    const host = openHost(cli, shape, {npm_config_registry: given.registry.url})
    const copy = async (): Promise<string[]> => {
      const {stdout} = await host.runRaw(['plugins', '--core'])
      const lines = `${stdout}\n${(await host.runRaw(['plugins'])).stdout}`.match(/.*plugin-auth.*|^auth .*/gm) ?? []
      return lines
    }
    try {
      expect((await copy()).join()).to.contain('0.0.9')
      const {exitCode, stderr} = await host.runRaw(['plugins', 'install', PLUGIN])
      expect(exitCode, stderr).to.equal(0)
      expect((await copy()).join())
        .to.contain('0.1.0')
        .and.not.to.contain('0.0.9')
      expect((await host.run('token', ['--api-key', '-'], {stdin: grace.key})).exitCode).to.equal(0)
      expect((await host.runRaw(['plugins', 'uninstall', PLUGIN])).exitCode).to.equal(0)
      expect((await copy()).join()).to.contain('0.0.9')
      expect((await host.run('status')).exitCode, 'with what the other copy kept').to.equal(0)
    } finally {
      host.sandbox.remove()
    }
  })
})

const PLUGIN_FOLDER = realpathSync(join(root, 'node_modules', PLUGIN))
