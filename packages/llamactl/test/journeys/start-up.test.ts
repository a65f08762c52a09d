import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {readFileSync, rmSync} from 'node:fs'
import {findTool, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {grace} from '../support/people.js'
import {CLI, createSandbox, type Sandbox} from '../support/sandbox.js'

const RECORDER = new URL('../fixtures/record-modules.mjs', import.meta.url).href
const HEAVY = /node_modules\/(?:openid-client|oauth4webapi|jose|enquirer|keytar|@napi-rs|@sqlite\.org|yaml|undici)\//
/** What Node.js sets up at a cost, and few commands need. */
const SLOW = /^builtin (?:child_process|crypto|readline|http|https|internal\/fs\/promises|perf_hooks)$/
const CALL = /(?:open|openat|stat|statx|newfstatat|lstat|readlink|access)\((?:AT_FDCWD, )?"([^"]+)/

interface Limits {
  /** Files of code that are loaded. */
  files: number
  /** Modules of Node.js that are set up beside those of any script. */
  builtins: number
  /** Calls of the file system that name a path, from the first line of the CLI on. */
  calls: number
}

const fromFirstFile: [args: string[], limits: Limits, exit?: number][] = [
  [['--version'], {files: 2, builtins: 18, calls: 9}],
  [['--help'], {files: 2, builtins: 22, calls: 16}],
  [['auth', 'list'], {files: 2, builtins: 20, calls: 42}],
  [['auth', 'list', '--json'], {files: 2, builtins: 20, calls: 42}],
  [['auth', 'lits'], {files: 2, builtins: 20, calls: 16}, 2],
]
const fromBothFiles: [args: string[], limits: Limits, exit?: number][] = [
  [['auth', 'switch', grace.keyName], {files: 3, builtins: 30, calls: 75}],
  [['auth', 'env', 'list'], {files: 3, builtins: 20, calls: 40}],
  [['auth', 'login', '--help'], {files: 3, builtins: 22, calls: 20}],
  [['completion', 'refresh'], {files: 3, builtins: 38, calls: 190}],
  // With an index that follows what changes.
  [['auth', 'switch', grace.keyName, '--no-interactive'], {files: 3, builtins: 52, calls: 260}],
]

describe('a command that needs no network', () => {
  requireTools('strace')
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

  async function loadedBy(args: string[], exit = 0): Promise<string[]> {
    const file = `${sandbox.folder}/modules`
    rmSync(file, {force: true})
    const env = {NODE_OPTIONS: `--import ${RECORDER}`, RECORD_MODULES_IN: file}
    const {exitCode, stderr} = await sandbox.run(args, {env})
    expect(exitCode, stderr).to.equal(exit)
    return readFileSync(file, 'utf8').trim().split('\n')
  }

  async function callsOf(args: string[]): Promise<string[]> {
    const file = `${sandbox.folder}/calls`
    rmSync(file, {force: true})
    const through = [findTool('strace') ?? 'strace', '-f', '-qq', '-s', '4096', '-e', 'trace=%file', '-o', file]
    await sandbox.run(args, {through})
    const calls = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => CALL.exec(line)?.[1] ?? [])
    return calls.slice(calls.lastIndexOf(CLI) + 1)
  }

  for (const [args, , exit] of fromFirstFile) {
    it(`has Node.js set up nothing that is slow to: ${args.join(' ')}`, async () => {
      expect((await loadedBy(args, exit)).filter((module) => SLOW.test(module))).to.deep.equal([])
    })
  }

  for (const [args, {files, builtins, calls}, exit] of [...fromFirstFile, ...fromBothFiles]) {
    const line = args.join(' ')

    it(`loads no protocol, keychain or prompts, makes no request and starts no process: ${line}`, async () => {
      const requests = plane.requests.length
      const loaded = await loadedBy(args, exit)
      expect(loaded.filter((module) => HEAVY.test(module) || module.startsWith('channel '))).to.deep.equal([])
      expect(plane.requests.length).to.equal(requests)
    })

    it(`stays within its counts: ${line}`, async () => {
      const loaded = await loadedBy(args, exit)
      const code = loaded.filter((module) => module.startsWith('/'))
      expect([...new Set(code)]).to.have.lengthOf.within(1, files)
      const setUp = loaded.filter((module) => module.startsWith('builtin '))
      expect(setUp).to.have.lengthOf.within(1, builtins)
      const looked = await callsOf(args)
      expect(looked, looked.join('\n')).to.have.lengthOf.within(1, calls)
    })
  }

  it('would be noticed if it did: a command that asks the server is seen to', async () => {
    const loaded = await loadedBy(['auth', 'project', grace.project])
    expect(loaded).to.include('channel undici:request:create')
    // What is needed for proxies and certificates is loaded only where a variable asks for it.
    expect(loaded.filter((module) => /^\/.*(?:undici\/|choose-proxy|trusted-certificates)/.test(module))).to.deep.equal(
      [],
    )
    const yaml = await loadedBy(['auth', 'list', '-o', 'yaml'])
    expect(yaml.filter((module) => HEAVY.test(module))).not.to.deep.equal([])
  })
})
