import {spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {requireTools} from '../../../../plugin-auth/test/support/requires.js'
import {
  SECRET_SERVICE_TOOLS,
  type SecretService,
  startSecretService,
} from '../../../../plugin-auth/test/support/secret-service.js'
import {logIn} from '../../support/log-in.js'
import type {Finished} from '../../support/output.js'
import {ada, grace} from '../../support/people.js'
import {reaching} from '../../support/keychain-sandbox.js'
import {createSandbox, type Failure, type RunOptions, type Sandbox} from '../../support/sandbox.js'
import {startWarmCli, type WarmCli} from '../../support/warm-cli.js'

const POINTS = fileURLToPath(new URL('../../support/points.mjs', import.meta.url))

/** A server, a home and a CLI of their own, so that several points can be tried side by side. */
interface Lane {
  plane: DevControlPlane
  sandbox: Sandbox
  cli: WarmCli
  keychain?: SecretService
}

type Cli = Pick<WarmCli, 'start' | 'run'>

interface Scenario {
  prepare?(lane: Lane): Promise<unknown>
  /** The command that is killed, and then run again. */
  command(cli: Cli, lane: Lane): Promise<Finished>
  /** What the command says the second time where the first one was killed when all was done. */
  isOverWith?: string
  /** Its purpose is to end logins, which may be ended at the server already. */
  isEnd?: boolean
  /** The first point to try, where those before are tried by another scenario. */
  from?: RegExp
  /** Also with a real keychain, before and after each call to it. */
  withKeychain?: boolean
}

interface ProfileView {
  name: string
  project_id: string | null
  active: boolean
}

interface State {
  environments: {api_url: string; active: boolean}[]
  /** Undefined: the environment is not known. */
  profiles: ProfileView[] | undefined
}

const token = (cli: Cli, key: string, projectId: string) =>
  cli.run(['auth', 'token', '--project-id', projectId], {env: {LLAMA_CLOUD_API_KEY: key}})
const addEnvironment = ({cli, plane}: Lane) => cli.run(['auth', 'env', 'add', plane.url])
const loginOf = (cli: Cli, {plane}: Lane) => logIn(cli, plane, {user: grace.email})
const withAda = async (lane: Lane) => {
  await addEnvironment(lane)
  await token(lane.cli, ada.key, 'prj-notes')
}
const withGrace = async (lane: Lane) => {
  await withAda(lane)
  await loginOf(lane.cli, lane)
}
/** Another environment on the same server. */
const otherUrl = ({plane}: Lane) => plane.url.replace('127.0.0.1', 'localhost')

const scenarios: Record<string, Scenario> = {
  'auth token': {prepare: addEnvironment, command: (cli) => token(cli, ada.key, 'prj-notes')},
  'auth token, renewing a profile': {
    prepare: withAda,
    command: (cli) => token(cli, ada.key, 'prj-invoices'),
    withKeychain: true,
  },
  'auth login': {prepare: addEnvironment, command: loginOf},
  'auth login, renewing a profile': {prepare: withGrace, command: loginOf, from: /leftovers/, withKeychain: true},
  'auth login --start': {
    prepare: addEnvironment,
    command: (cli) => cli.run(['auth', 'login', '--start', '--json']),
    from: /pending-logins/,
  },
  'auth project': {prepare: withAda, command: (cli) => cli.run(['auth', 'project', 'prj-invoices'])},
  'auth switch': {prepare: withGrace, command: (cli) => cli.run(['auth', 'switch', ada.keyName])},
  'auth logout': {
    prepare: withGrace,
    command: (cli) => cli.run(['auth', 'logout', grace.email, '--json']),
    isOverWith: 'PROFILE_NOT_FOUND',
    withKeychain: true,
    isEnd: true,
  },
  'auth logout --all': {
    prepare: withGrace,
    command: (cli) => cli.run(['auth', 'logout', '--all', '--json']),
    isEnd: true,
  },
  'auth rotate': {prepare: withGrace, command: (cli) => cli.run(['auth', 'rotate', grace.email, '--json'])},
  'auth env add': {prepare: withAda, command: (cli, lane) => cli.run(['auth', 'env', 'add', otherUrl(lane)])},
  'auth env switch': {
    prepare: async (lane) => {
      await withAda(lane)
      await lane.cli.run(['auth', 'env', 'add', otherUrl(lane)])
    },
    command: (cli, {plane}) => cli.run(['auth', 'env', 'switch', plane.url]),
  },
  'auth env delete': {
    prepare: withGrace,
    command: (cli, {plane}) => cli.run(['auth', 'env', 'delete', plane.url, '--json']),
    isOverWith: 'ENVIRONMENT_NOT_FOUND',
    isEnd: true,
  },
}

const files = (sandbox: Sandbox, pattern: RegExp) =>
  Object.keys(sandbox.files())
    .filter((name) => pattern.test(name))
    .sort()

const mintedAt = (plane: DevControlPlane) =>
  plane
    .apiKeys()
    .filter(({name}) => name.includes('llamactl on'))
    .map(({id}) => id)

const withoutActive = ({environments, profiles}: State) => ({
  environments: environments.map((environment) => ({...environment, active: null})),
  profiles: profiles?.map((profile) => ({...profile, active: null})),
})

/** Of a line of strace: the name of a call that changes what is on the disk. */
const CHANGING =
  /^\d+ +(mkdir(?:at)?|rmdir|unlink(?:at)?|f?chmod(?:at)?|link(?:at)?|rename(?:at2?)?|f(?:data)?sync|ftruncate|p?write(?:v|64)?|open(?:at)?(?=\(.*O_(?:WRONLY|RDWR|CREAT|TRUNC)))\(/

const countOf = (names: (string | undefined)[]) =>
  Object.fromEntries([...new Set(names)].sort().map((name) => [name, names.filter((other) => other === name).length]))

describe('a command that is killed (case 43)', function () {
  this.timeout(300_000)

  let lanes: Lane[]

  const openLanes = (count: number, openKeychain: () => Promise<SecretService | undefined>): void => {
    before(async () => {
      lanes = await Promise.all(
        Array.from({length: count}, async () => {
          const keychain = await openKeychain()
          const sandbox = createSandbox(keychain && {LLAMACTL_CREDENTIAL_STORE: '', ...reaching(keychain)})
          const plane = await startDevControlPlane({interval: 0.2})
          return {sandbox, plane, ...(keychain && {keychain}), cli: await startWarmCli(sandbox)}
        }),
      )
    })
    after(async () => {
      for (const {plane, sandbox, cli, keychain} of lanes) {
        cli.stop()
        sandbox.remove()
        await keychain?.stop()
        await plane.close()
      }
    })
  }

  /** The built CLI as a process of its own, with the points preloaded. */
  function counting({sandbox}: Lane, env: Record<string, string>): Cli {
    const start = (args: string[], options: RunOptions = {}) =>
      sandbox.start(args, {
        ...options,
        env: {...options.env, ...env, POINTS_FOLDER: sandbox.configFolder, NODE_OPTIONS: `--import=${POINTS}`},
      })
    return {start, run: (args, options) => start(args, options).finished}
  }

  async function reset(lane: Lane, prepare: Scenario['prepare']): Promise<void> {
    rmSync(lane.sandbox.configFolder, {recursive: true, force: true})
    if (lane.keychain) spawnSync('secret-tool', ['clear', 'service', 'llamactl'], {env: lane.keychain.env})
    mkdirSync(lane.sandbox.configFolder, {recursive: true, mode: 0o700})
    await prepare?.(lane)
  }

  /**
   * Prepares a lane. What it returns brings the lane back to there, and names the keys that were at the server before:
   * of earlier points, keys whose making nobody heard of, which were named to the person.
   */
  async function prepareLane(lane: Lane, prepare: Scenario['prepare']): Promise<() => Promise<string[]>> {
    const begin = async (): Promise<string[]> => {
      const abandoned = mintedAt(lane.plane)
      await reset(lane, prepare)
      return abandoned
    }
    // What a real keychain holds is made anew.
    if (lane.keychain) return begin
    const abandoned = await begin()
    const goBack = [lane.sandbox.snapshot(), lane.plane.snapshot()]
    return async () => {
      for (const back of goBack) back()
      return abandoned
    }
  }

  async function stateOf({cli, plane, sandbox}: Lane): Promise<State> {
    const environments = (await cli.run(['auth', 'env', 'list', '--json'])).json<State['environments']>()
    const listed = await cli.run(['auth', 'list', '--json', '--environment', plane.url])
    if (listed.exitCode !== 0) {
      expect(listed.json<Failure>().error.code).to.equal('ENVIRONMENT_NOT_FOUND')
      expect(files(sandbox, /\/profiles\//)).to.deep.equal([])
    }

    const state = {environments, profiles: listed.exitCode === 0 ? listed.json<ProfileView[]>() : undefined}
    return JSON.parse(JSON.stringify(state).replaceAll(new URL(plane.url).port, '<port>')) as State
  }

  describe('with files', () => {
    // A login waits most of its time.
    openLanes(6, async () => undefined)
    for (const [what, scenario] of Object.entries(scenarios)) killEverywhere(what, scenario)
  })

  describe('with a real keychain', () => {
    requireTools(...SECRET_SERVICE_TOOLS, 'secret-tool')
    openLanes(3, startSecretService)
    for (const [what, scenario] of Object.entries(scenarios)) {
      if (scenario.withKeychain) killEverywhere(what, scenario, /helper|end of it/)
    }
  })

  describe('as the system sees it', () => {
    requireTools('strace')
    openLanes(1, async () => undefined)

    it('has a point at each system call that changes a file', async () => {
      const [lane] = lanes as [Lane]
      await reset(lane, withAda)
      const [log, trace] = ['points', 'trace'].map((name) => join(lane.sandbox.folder, name)) as [string, string]
      const {configFolder} = lane.sandbox
      const {exitCode, stderr} = await lane.sandbox.run(['auth', 'token', '--project-id', 'prj-invoices'], {
        through: ['strace', '-f', '-qq', '-yy', '-s', '1', '-e', 'trace=file,desc', '-o', trace],
        env: {
          LLAMA_CLOUD_API_KEY: ada.key,
          POINTS_FOLDER: configFolder,
          POINTS_LOG: log,
          NODE_OPTIONS: `--import=${POINTS}`,
        },
      })
      expect(exitCode, stderr).to.equal(0)
      const calls = readFileSync(trace, 'utf8')
        .split('\n')
        .filter((line) => line.includes(configFolder) && CHANGING.test(line))
        .map((line) => CHANGING.exec(line)?.[1]?.replace(/at$|64$|2$/, ''))
      const points = readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => /^\w+Sync /.test(line))
        .map((line) => line.replace(/Sync .*/, '').replace(/File$/, ''))
      expect(calls.length).to.be.greaterThan(20)
      expect(countOf(calls)).to.deep.equal(countOf(points))
    })
  })

  function killEverywhere(what: string, scenario: Scenario, around = /^/): void {
    it(`${what} leaves what was or what is to be, at each of its points`, async function () {
      const [first] = lanes as [Lane]
      await reset(first, scenario.prepare)
      const before = await stateOf(first)
      const log = join(first.sandbox.folder, 'points')
      rmSync(log, {force: true})
      const whole = await scenario.command(counting(first, {POINTS_LOG: log}), first)
      expect(whole.exitCode, whole.stderr).to.equal(0)
      const points = readFileSync(log, 'utf8').trim().split('\n')
      const done = await stateOf(first)
      await first.cli.run(['auth', 'logout', '--all'])

      const failures: string[] = []
      const begin = points.findIndex((point) => scenario.from?.test(point) ?? true)
      const pending = points.flatMap((point, index) => (index >= begin && around.test(point) ? [index + 1] : []))
      const total = pending.length
      await Promise.all(
        lanes.map(async (lane) => {
          const begin = await prepareLane(lane, scenario.prepare)
          for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
            await killAt(lane, scenario, at, begin, {before, done}).catch((error: Error) => {
              failures.push(`at point ${at}, ${points[at - 1]}: ${error.stack}`)
            })
          }
        }),
      )
      if (this.test) this.test.title = `${what} leaves what was or what is to be, at each of its ${total} points`
      expect(failures.join('\n')).to.equal('')
    })
  }

  async function killAt(
    lane: Lane,
    scenario: Scenario,
    at: number,
    begin: () => Promise<string[]>,
    wanted: {before: State; done: State},
  ): Promise<void> {
    const {cli, plane} = lane
    const abandoned = await begin()
    const cold = counting(lane, {POINTS_KILL_AT: String(at)})
    const killed = await scenario.command(cold, lane).catch((error: Error) => error)
    // A busy machine asks the keychain once more whether it is alive, and the last points then have other numbers.
    const outcomes = lane.keychain ? [null, 0] : [null]
    if (!(killed instanceof Error)) expect(killed.exitCode).to.be.oneOf(outcomes)

    const after = await stateOf(lane)
    expectOldOrNew(after, wanted)
    for (const profile of after.profiles ?? []) await expectUsable(lane, profile, scenario)

    const again = await scenario.command(cli, lane)
    if (again.exitCode !== 0) expect(again.json<Failure>().error.code, again.stderr).to.equal(scenario.isOverWith)
    if (scenario.isEnd)
      expect(again.stderr, 'an item that was ended is not said to be left').not.to.contain('could not')
    // The profiles were switched to on the way, to try them.
    expect(withoutActive(await stateOf(lane))).to.deep.equal(withoutActive(wanted.done))

    expectNothingUnknown(lane, again, abandoned)
    await cli.run(['auth', 'env', 'add', plane.url])
    expect((await cli.run(['auth', 'logout', '--all'])).exitCode).to.equal(0)
    expect(entriesIn(lane)).to.deep.equal([])
  }

  /** The accounts of all secrets. */
  function entriesIn({sandbox, keychain}: Lane): string[] {
    if (!keychain) {
      return files(sandbox, /^credentials\/(?!\.|check-)/).map((name) => name.replace(/^credentials\/|\.json$/g, ''))
    }

    const {stdout, stderr} = spawnSync('secret-tool', ['search', '--all', 'service', 'llamactl'], {
      env: keychain.env,
      encoding: 'utf8',
    })
    return [...`${stdout}${stderr}`.matchAll(/^attribute\.account = (?!check-)(.*)$/gm)]
      .map(([, account = '']) => account)
      .sort()
  }

  /** Fact by fact, because there are several files: a new profile may be there and not be current yet. */
  function expectOldOrNew(after: State, {before, done}: {before: State; done: State}): void {
    const fact = <T extends object>(items: T[] | undefined, key: keyof T, value: unknown) =>
      JSON.stringify(items?.find((item) => item[key] === value))
    const either = (read: (state: State) => unknown) => [before, done].map(read)
    for (const name of new Set([before, done, after].flatMap(({profiles}) => profiles?.map(({name}) => name) ?? []))) {
      const read = (state: State) => fact(withoutActive(state).profiles, 'name', name)
      expect(read(after), `profile ${name}`).to.be.oneOf(either(read))
    }

    for (const url of new Set(
      [before, done, after].flatMap((state) => state.environments.map(({api_url}) => api_url)),
    )) {
      const read = (state: State) => fact(withoutActive(state).environments, 'api_url', url)
      expect(read(after), `environment ${url}`).to.be.oneOf(either(read))
    }

    const current = ({profiles}: State) => profiles?.find(({active}) => active)?.name
    expect(current(after)).to.be.oneOf([...either(current), undefined])
    const environment = (state: State) => state.environments.find(({active}) => active)?.api_url
    expect(environment(after)).to.be.oneOf(either(environment))
  }

  async function expectUsable({cli, plane}: Lane, {name}: ProfileView, {isEnd}: Scenario): Promise<void> {
    const there = ['--environment', plane.url]
    expect((await cli.run(['auth', 'switch', name, ...there])).exitCode).to.equal(0)
    const opened = await cli.run(['auth', 'project', '--json', ...there])
    const expected = opened.exitCode === 0 ? undefined : opened.json<Failure>().error.code
    // With several projects and nobody to ask, it wants to know which. What was being ended may have no key any more.
    const ended = isEnd ? ['CREDENTIAL_MISSING', 'CREDENTIAL_REJECTED'] : []
    expect(expected).to.be.oneOf([undefined, 'INPUT_REQUIRED', ...ended])
  }

  /** Every secret and every key that a login made belongs to a profile, or was named to the person. */
  function expectNothingUnknown(lane: Lane, again: Finished, abandoned: string[]): void {
    const {plane, sandbox} = lane
    const all = sandbox.files()
    const profiles = files(sandbox, /\/profiles\/[^.]/).map(
      (name) => JSON.parse(all[name] ?? '') as {credential: {account: string}; oidc?: {api_key_id: string}},
    )
    const waiting = files(sandbox, /\/pending-logins\/[^.]/).map((name) => name.replace(/.*\/|\.json$/g, ''))
    expect(entriesIn(lane).filter((account) => !waiting.includes(account))).to.deep.equal(
      profiles.map(({credential}) => credential.account).sort(),
    )
    const kept = profiles.flatMap(({oidc}) => (oidc ? [oidc.api_key_id] : []))
    const unknown = mintedAt(plane).filter((id) => !kept.includes(id) && !abandoned.includes(id))
    const isNamed = again.stderr.includes(`An API key named "${grace.email} llamactl on`)
    expect(unknown, 'keys at the server').to.have.length.at.most(isNamed ? 1 : 0)
    expect(files(sandbox, /leftovers\/[^.]/)).to.deep.equal([])
  }
})
