import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {readFileSync, rmSync} from 'node:fs'
import {grace} from '../support/people.js'
import {createSandbox, type Sandbox} from '../support/sandbox.js'

const RECORDER = new URL('../fixtures/record-modules.mjs', import.meta.url).href
const HEAVY =
  /node_modules\/(?:openid-client|oauth4webapi|jose|enquirer|keytar|@napi-rs|@sqlite\.org|yaml|undici)\/|^channel /

describe('a command that needs no network', () => {
  let plane: DevControlPlane
  let sandbox: Sandbox

  before(async () => {
    plane = await startDevControlPlane()
    sandbox = createSandbox()
    await sandbox.run(['auth', 'env', 'add', plane.url])
    await sandbox.run(['auth', 'token', '--api-key', '-'], {stdin: grace.key})
  })
  after(async () => {
    sandbox.remove()
    await plane.close()
  })

  async function loadedBy(args: string[], stdin?: string): Promise<string[]> {
    const file = `${sandbox.folder}/modules`
    rmSync(file, {force: true})
    const {exitCode, stderr} = await sandbox.run(args, {
      ...(stdin !== undefined && {stdin}),
      env: {NODE_OPTIONS: `--import ${RECORDER}`, RECORD_MODULES_IN: file},
    })
    expect(exitCode, stderr).to.equal(0)
    return readFileSync(file, 'utf8').trim().split('\n')
  }

  for (const args of [
    ['--help'],
    ['--version'],
    ['auth', 'list'],
    ['auth', 'list', '--json'],
    ['auth', 'switch', grace.keyName],
    ['auth', 'env', 'list'],
    ['auth', 'login', '--help'],
    ['completion', 'refresh'],
    // With an index that follows what changes.
    ['auth', 'switch', grace.keyName, '--no-interactive'],
  ]) {
    it(`loads no protocol, keychain or prompts and makes no request: ${args.join(' ')}`, async () => {
      const requests = plane.requests.length
      const loaded = await loadedBy(args)
      expect(loaded.length).to.be.greaterThan(20)
      expect(loaded.filter((module) => HEAVY.test(module))).to.deep.equal([])
      expect(plane.requests.length).to.equal(requests)
    })
  }

  it('would be noticed if it did: a command that asks the server is seen to', async () => {
    const loaded = await loadedBy(['auth', 'project', grace.project])
    expect(loaded).to.include('channel undici:request:create')
    // What is needed for proxies and certificates is loaded only where a variable asks for it.
    expect(loaded.filter((module) => /undici\/|choose-proxy|trusted-certificates/.test(module))).to.deep.equal([])
    const yaml = await loadedBy(['auth', 'list', '-o', 'yaml'])
    expect(yaml.filter((module) => HEAVY.test(module))).not.to.deep.equal([])
  })
})
