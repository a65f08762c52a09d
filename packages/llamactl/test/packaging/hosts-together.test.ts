import {expect} from 'chai'
import {existsSync, mkdtempSync, readdirSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {SECRET_SERVICE_TOOLS} from '../../../plugin-auth/test/support/secret-service.js'
import {type KeychainSandbox, startKeychain} from '../support/keychain-sandbox.js'
import {ada, grace} from '../support/people.js'
import {type HostShape, type InventedHost, openHost, writeHost} from './support/invented-host.js'
import {nodeOf, oclifCore5} from './support/managers.js'

interface Listed {
  name: string
  api_url: string
  active: boolean
}

for (const store of ['keychain', 'file']) {
  describe(`hosts on one computer, with secrets in the ${store}`, () => {
    requireThat(existsSync(nodeOf(22)) && existsSync(oclifCore5), 'needs Node 22 and oclif 5 in the cache of .ci/run')
    requireTools(...SECRET_SERVICE_TOOLS)

    let started: KeychainSandbox & {stop(): Promise<void>}
    let llamactl: InventedHost
    let folder: string

    beforeEach(async () => {
      started = await startKeychain()
      folder = mkdtempSync(join(tmpdir(), 'llamactl-hosts-'))
      llamactl = settle(started, {bin: 'llamactl', core: 4, separator: ' '})
      expect((await llamactl.run('env:add', [started.plane.url])).exitCode).to.equal(0)
      await logIn(llamactl, ada.key, '--project-id', ada.projects[0] ?? '')
    })
    afterEach(async () => {
      await started.stop()
      await rm(folder, {recursive: true, force: true})
    })

    /** In the home of the first one. */
    const settle = ({sandbox, plane}: KeychainSandbox, shape: HostShape): InventedHost => {
      const {bin, auth} = shape
      const whole = {...shape, ...(auth && {auth: {variablePrefix: 'ACME', apiUrl: plane.url, ...auth}})}
      const variable = `${bin.replaceAll('-', '_').toUpperCase()}_CREDENTIAL_STORE`
      const host = openHost(writeHost(join(folder, bin), whole), whole, {...sandbox.env, [variable]: store})
      return {...host, configFolder: join(dirname(sandbox.configFolder), bin)}
    }
    const logIn = async (host: InventedHost, key: string, ...args: string[]): Promise<void> => {
      const {exitCode, stderr} = await host.run('token', ['--api-key', '-', ...args], {stdin: key})
      expect(exitCode, stderr).to.equal(0)
    }
    const names = async (host: InventedHost): Promise<string[]> =>
      (await host.run('list', ['--json'])).json<Listed[]>().map(({name}) => name)

    it('see neither profiles nor secrets of each other', async () => {
      const acme = settle(started, {bin: 'acme', core: 4, separator: ' ', auth: {topic: 'account'}})
      const zeta = settle(started, {bin: 'zeta-ctl', core: 5, separator: ':', auth: {keychainService: 'zeta'}})
      expect([await names(acme), await names(zeta)]).to.deep.equal([[], []])
      await logIn(acme, grace.key)
      expect([await names(llamactl), await names(acme), await names(zeta)]).to.deep.equal([
        [ada.keyName],
        [grace.keyName],
        [],
      ])
      for (const host of [acme, zeta]) {
        expect((await host.run('switch', [ada.keyName])).exitCode).to.equal(1)
        expect((await host.run('print', ['--profile', ada.keyName, '--json'])).stdout).not.to.contain(ada.key)
      }

      expect((await acme.run('logout', ['--all'])).exitCode).to.equal(0)
      expect((await llamactl.run('status')).exitCode).to.equal(0)
      expect(readdirSync(dirname(acme.configFolder)).sort()).to.include.members(['acme', 'llamactl'])
    })

    it('share everything where one asks for it, whatever oclif it is made of', async () => {
      for (const [bin, core] of [
        ['acme', 4],
        ['zeta', 5],
      ] as const) {
        const host = settle(started, {bin, core, separator: ' ', auth: {shares: 'llamactl', topic: 'account'}})
        expect(await names(host)).to.deep.equal([ada.keyName])
        const status = await host.run('status', ['--json'])
        expect(status.exitCode, status.stderr).to.equal(0)
        expect(status.json()).to.nested.include({'credential.store': store})
        expect((await host.run('print')).stdout.trim()).to.equal(ada.key)
        await logIn(host, grace.key)
        expect((await llamactl.run('list', ['--json'])).json<Listed[]>().find(({active}) => active)?.name).to.equal(
          grace.keyName,
        )
        expect((await llamactl.run('print')).stdout.trim()).to.equal(grace.key)
        expect((await llamactl.run('logout', [grace.keyName])).exitCode).to.equal(0)
        expect(await names(host)).to.deep.equal([ada.keyName])
        await llamactl.run('switch', [ada.keyName])
        expect(existsSync(host.configFolder), 'a folder of its own').to.equal(false)
      }
    })

    it('know the default environment of the other one where they share', async () => {
      const {plane} = started
      expect((await llamactl.run('logout', ['--all'])).exitCode).to.equal(0)
      expect((await llamactl.run('env:delete', [plane.url])).exitCode).to.equal(0)
      const acme = settle(started, {bin: 'acme', core: 4, separator: ' ', auth: {shares: 'llamactl'}})
      const urls = async (host: InventedHost): Promise<string[]> =>
        (await host.run('env:list', ['--json'])).json<{api_url: string}[]>().map(({api_url}) => api_url)
      expect(await urls(acme)).to.deep.equal([plane.url, 'https://api.cloud.llamaindex.ai'])
      expect(await urls(llamactl)).to.deep.equal(['https://api.cloud.llamaindex.ai'])
      await logIn(acme, grace.key)
      expect(await urls(llamactl)).to.include(plane.url)
      const {stdout} = await llamactl.run('print', ['--environment', plane.url])
      expect(stdout.trim()).to.equal(grace.key)
    })

    it('take turns where they share: of logins at the same instant none is lost, and none is there twice', async () => {
      const acme = settle(started, {bin: 'acme', core: 5, separator: ' ', auth: {shares: 'llamactl'}})
      await Promise.all(
        [llamactl, acme, llamactl, acme].flatMap((host) => [
          logIn(host, grace.key),
          logIn(host, ada.key, '--project-id', ada.projects[1] ?? ''),
        ]),
      )
      const listed = await names(llamactl)
      expect(listed).to.have.members([ada.keyName, grace.keyName])
      expect(await names(acme)).to.deep.equal(listed)
    })
  })
}
