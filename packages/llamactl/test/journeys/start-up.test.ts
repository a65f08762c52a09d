import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {findTool, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {grace} from '../support/people.js'
import {recordingInto} from '../support/recorder.js'
import {CLI, createSandbox, type Sandbox} from '../support/sandbox.js'

/** Files of the bundle, which are read, and packages, which are required. */
const HEAVY =
  /bundle\/(?:openid-client|enquirer|sqlite\.org-sqlite-wasm|yaml|undici)\.cjs|keychain\/helper\.js|\.(?:node|wasm)$|node_modules\/(?:openid-client|oauth4webapi|jose|enquirer|keytar|@napi-rs|@sqlite\.org|yaml|undici)\//
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

const fromFirstFiles: [args: string[], limits: Limits, exit?: number][] = [
  [['--version'], {files: 2, builtins: 16, calls: 9}],
  [['--help'], {files: 4, builtins: 16, calls: 20}],
  [['auth', 'list'], {files: 3, builtins: 16, calls: 42}],
  [['auth', 'list', '--json'], {files: 3, builtins: 16, calls: 42}],
  [['auth', 'env', 'list'], {files: 3, builtins: 16, calls: 36}],
  [['auth', 'lits'], {files: 4, builtins: 16, calls: 20}, 2],
]
const fromLater: [args: string[], limits: Limits, exit?: number][] = [
  [['auth', 'switch', grace.keyName], {files: 5, builtins: 26, calls: 75}],
  [['auth', 'login', '--help'], {files: 5, builtins: 16, calls: 24}],
  [['completion', 'refresh'], {files: 5, builtins: 34, calls: 190}],
  // With an index that follows what changes.
  [['auth', 'switch', grace.keyName, '--no-interactive'], {files: 5, builtins: 47, calls: 260}],
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
    const {exitCode, stderr} = await sandbox.run(args, {env: recordingInto(file)})
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

  for (const [args, , exit] of fromFirstFiles) {
    it(`has Node.js set up nothing that is slow to: ${args.join(' ')}`, async () => {
      expect((await loadedBy(args, exit)).filter((module) => SLOW.test(module))).to.deep.equal([])
    })
  }

  for (const [args, {files, builtins, calls}, exit] of [...fromFirstFiles, ...fromLater]) {
    const line = args.join(' ')

    it(`loads no protocol, keychain or prompts, makes no request and starts no process: ${line}`, async () => {
      const requests = plane.requests.length
      const loaded = [...(await loadedBy(args, exit)), ...(await callsOf(args))]
      expect(loaded.filter((module) => HEAVY.test(module) || module.startsWith('channel '))).to.deep.equal([])
      expect(plane.requests.length).to.equal(requests)
    })

    it(`stays within its counts: ${line}`, async () => {
      const loaded = await loadedBy(args, exit)
      const setUp = loaded.filter((module) => module.startsWith('builtin '))
      expect(setUp).to.have.lengthOf.within(1, builtins)
      const looked = await callsOf(args)
      // The files of the bundle are read, not required.
      const code = [...loaded, ...looked].filter((path) => /^\/.*\.[cm]?js$/.test(path))
      expect([...new Set(code)]).to.have.lengthOf.within(1, files)
      expect(looked, looked.join('\n')).to.have.lengthOf.within(1, calls)
    })
  }

  it('would be noticed if it did: a command that asks the server is seen to', async () => {
    const loaded = await loadedBy(['auth', 'project', grace.project])
    expect(loaded).to.include('channel http.client.request.start')
    // What is needed for proxies and certificates is loaded only where a variable asks for it.
    expect(loaded.filter((module) => /^\/.*(?:undici\/|choose-proxy|trusted-certificates)/.test(module))).to.deep.equal(
      [],
    )
    // All of `fetch`: a third of the time that the command takes.
    expect(loaded).not.to.include('builtin internal/deps/undici/undici')
    const looked = await callsOf(['auth', 'project', grace.project])
    expect(looked.filter((path) => HEAVY.test(path))).to.deep.equal([])
    const yaml = await callsOf(['auth', 'list', '-o', 'yaml'])
    expect(yaml.filter((path) => HEAVY.test(path))).not.to.deep.equal([])
  })
})

describe('what V8 compiled', () => {
  let sandbox: Sandbox
  beforeEach(() => {
    sandbox = createSandbox()
    rmSync(folder(), {recursive: true, force: true})
  })
  afterEach(() => sandbox.remove())

  const folder = (): string => join(sandbox.env['XDG_CACHE_HOME'] ?? '', 'llamactl', 'compile')
  const kept = (): string => join(folder(), `llamactl.cjs.${process.version}-${process.arch}`)
  const list = async (env = {}): Promise<void> => {
    const {exitCode, stderr} = await sandbox.run(['auth', 'list'], {env})
    expect(exitCode).to.equal(0)
    expect(stderr).to.match(/^No profiles in \S+ Log in with: llamactl auth login\n$/)
  }

  it('is kept for this user alone, and made once for each command', async () => {
    await list()
    expect(statSync(folder()).mode & 0o777).to.equal(0o700)
    expect(statSync(kept()).mode & 0o777).to.equal(0o600)
    const first = readFileSync(kept())
    await list()
    expect(readFileSync(kept()).equals(first)).to.equal(true)
    await sandbox.run(['--help'])
    expect(readFileSync(kept()).length).to.be.greaterThan(first.length)
    expect(readdirSync(folder()).filter((name) => /\.\d+$/.test(name))).to.deep.equal([])
  })

  it('holds nothing that was typed or read', async () => {
    await sandbox.run(['auth', 'token', '--api-key', 'llx-typed0123456789abcdef', '--no-interactive'])
    await sandbox.run(['auth', 'switch', 'somebody-typed'])
    for (const name of readdirSync(folder(), {recursive: true, encoding: 'utf8'})) {
      const path = join(folder(), name)
      if (statSync(path).isFile()) expect(readFileSync(path, 'latin1')).not.to.match(/llx-typed|somebody-typed/)
    }
  })

  const damages: [how: string, change: (whole: Buffer) => Buffer][] = [
    ['is empty', () => Buffer.alloc(0)],
    ['is cut off', (whole) => whole.subarray(0, whole.length / 2)],
    ['has one other byte', (whole) => whole.fill((whole[50_000] ?? 0) ^ 255, 50_000, 50_001)],
    ['was made of another text', (whole) => whole.fill('0', 0, 8)],
    ['is of another version of V8', (whole) => sameHalves(whole, (data) => data.fill(0, 4, 8))],
    ['is nothing that V8 knows', (whole) => sameHalves(whole, (data) => data.fill(7))],
  ]
  for (const [how, change] of damages) {
    it(`is made anew where it ${how}`, async () => {
      await list()
      const whole = readFileSync(kept())
      const damaged = change(Buffer.from(whole))
      writeFileSync(kept(), damaged)
      await list()
      const healed = readFileSync(kept())
      expect(healed.equals(damaged)).to.equal(false)
      expect(healed.length).to.be.within(whole.length * 0.9, whole.length * 1.1)
    })
  }

  it('is neither read nor written where others may write', async () => {
    await list()
    writeFileSync(kept(), 'left')
    chmodSync(folder(), 0o777)
    await list()
    expect(readFileSync(kept(), 'utf8')).to.equal('left')
  })

  it('is not kept where the disk does not take it', async () => {
    rmSync(folder(), {recursive: true, force: true})
    mkdirSync(dirname(folder()), {recursive: true})
    writeFileSync(folder(), '')
    await list()
    expect(readFileSync(folder(), 'utf8')).to.equal('')
  })
})

/** A file of the cache is a line, and twice the same. */
function sameHalves(whole: Buffer, change: (data: Buffer) => Buffer): Buffer {
  const end = whole.indexOf('\n') + 1
  const data = change(Buffer.from(whole.subarray(end, end + (whole.length - end) / 2)))
  return Buffer.concat([whole.subarray(0, end), data, data])
}
