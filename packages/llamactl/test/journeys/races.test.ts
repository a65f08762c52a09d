import {type DevControlPlane, startDevControlPlane} from '@llamactl/dev-control-plane'
import {expect} from 'chai'
import {logIn} from '../support/log-in.js'
import type {Finished} from '../support/output.js'
import {ada, grace} from '../support/people.js'
import {prepare} from '../support/prepare.js'
import {createSandbox, type Sandbox} from '../support/sandbox.js'
import {startWarmCli, type WarmCli} from '../support/warm-cli.js'

const MANY = 50
const ROUNDS = 50

interface ProfileView {
  name: string
  project_id: string | null
  active: boolean
}

describe('many processes at once', function () {
  this.timeout(120_000)

  let plane: DevControlPlane
  let sandbox: Sandbox

  beforeEach(() => {
    sandbox = createSandbox()
  })
  afterEach(async () => {
    sandbox.remove()
    await plane.close()
  })

  async function begin(options: Parameters<typeof startDevControlPlane>[0] = {}): Promise<void> {
    plane = await startDevControlPlane(options)
    await prepare(sandbox, ['auth', 'env', 'add', plane.url])
  }

  const token = (key: string, ...args: string[]) =>
    sandbox.run(['auth', 'token', '--api-key', '-', ...args], {stdin: key})
  const list = async () => (await sandbox.run(['auth', 'list', '--json'])).json<ProfileView[]>()
  const entries = () => Object.keys(sandbox.files()).filter((name) => name.startsWith('credentials/'))
  const minted = () => plane.apiKeys().filter(({name}) => name.includes('llamactl on'))

  /** Every profile opens, nothing points to nowhere, and there is no secret without a profile. */
  async function expectConsistent(cli: Pick<WarmCli, 'run'> = sandbox): Promise<void> {
    const files = sandbox.files()
    const profiles = Object.entries(files)
      .filter(([name]) => name.includes('/profiles/'))
      .map(
        ([, text]) =>
          JSON.parse(text) as {id: string; name: string; credential: {account: string}; oidc?: {api_key_id: string}},
      )
    expect(new Set(profiles.map(({name}) => name)).size, 'names are unique').to.equal(profiles.length)
    expect(entries().sort()).to.deep.equal(
      profiles.map(({credential}) => `credentials/${credential.account}.json`).sort(),
    )
    expect(
      minted()
        .map(({id}) => id)
        .sort(),
      'every key that login made belongs to a profile',
    ).to.deep.equal(profiles.flatMap(({oidc}) => (oidc ? [oidc.api_key_id] : [])).sort())
    for (const [name, text] of Object.entries(files)) {
      if (!name.endsWith('current-profile.json')) continue
      expect(profiles.map(({id}) => id)).to.include((JSON.parse(text) as {id: string}).id)
    }

    expect(Object.keys(files).filter((name) => /leftovers|\.(?:lock|tmp)/.test(name))).to.deep.equal([])
    // By the flag: deleting the environment may have left another one current.
    const there = ['--environment', plane.url]
    for (const {name} of profiles) {
      expect((await cli.run(['auth', 'switch', name, ...there])).exitCode).to.equal(0)
      expect((await cli.run(['auth', 'project', '--json', ...there])).exitCode, name).to.be.oneOf([0, 2])
    }
  }

  it(`keep all of ${MANY} logins with different keys (case 40)`, async () => {
    const keys = Array.from({length: MANY}, (_, number) => `llx-one-of-many-${number}-ends-alike`)
    await begin({
      seed: {
        users: [{email: 'many@example.com', password: 'many'}],
        projects: [{project_id: 'prj-only'}],
        api_keys: keys.map((secret) => ({user: 'many@example.com', secret})),
      },
    })
    const results = await Promise.all(keys.map((key) => token(key, '--json')))
    expect(results.map(({exitCode}) => exitCode)).to.deep.equal(keys.map(() => 0))
    const names = (await list()).map(({name}) => name)
    expect(names).to.have.length(MANY)
    expect(new Set(names).size).to.equal(MANY)
    expect(entries()).to.have.length(MANY)
  })

  it(`leave one profile that works of ${MANY} logins with the same key (case 41)`, async () => {
    await begin()
    const results = await Promise.all(Array.from({length: MANY}, () => token(grace.key, '--json')))
    expect(results.map(({exitCode}) => exitCode)).to.deep.equal(results.map(() => 0))
    expect((await list()).map(({name}) => name)).to.deep.equal([grace.keyName])
    await expectConsistent()
  })

  it('leave one profile, and one key at the server, of ten browser logins of the same person', async () => {
    await begin()
    const results = await Promise.all(Array.from({length: 10}, () => logIn(sandbox, plane, {user: grace.email})))
    expect(results.map(({exitCode}) => exitCode)).to.deep.equal(results.map(() => 0))
    expect((await list()).map(({name}) => name)).to.deep.equal([grace.email])
    await expectConsistent()
  })

  it('leave one key at the server, and a profile that works, of two rotations at once, which both succeed', async () => {
    await begin()
    await logIn(sandbox, plane, {user: grace.email})
    const rotate = () => sandbox.run(['auth', 'rotate', grace.email, '--json'])
    const results = await Promise.all([rotate(), rotate()])
    expect(results.map(({exitCode}) => exitCode)).to.deep.equal([0, 0])
    await expectConsistent()
    expect(minted()).to.have.length(1)
  })

  it('leave nothing of rotating against logging out', async () => {
    await begin()
    for (let round = 0; round < 3; round++) {
      await logIn(sandbox, plane, {user: grace.email})
      const [logout, rotate] = await Promise.all([
        sandbox.run(['auth', 'logout', grace.email, '--json']),
        sandbox.run(['auth', 'rotate', grace.email, '--json']),
      ])
      expect(logout.exitCode, logout.stderr).to.equal(0)
      expect(rotate.exitCode, rotate.stderr).to.be.oneOf([0, 1, 4])
      expect(await list()).to.deep.equal([])
      await expectConsistent()
    }
  })

  describe('in processes that pause at seeded points', () => {
    const CONTESTANTS = 4
    let clis: WarmCli[]

    beforeEach(async () => {
      await begin()
      clis = await Promise.all(Array.from({length: CONTESTANTS}, () => startWarmCli(sandbox)))
    })
    afterEach(() => {
      for (const cli of clis) cli.stop()
    })

    type Run = (args: string[], key?: string) => Promise<Finished>

    const races: Record<string, ((run: Run) => Promise<Finished>)[]> = {
      'logging in against logging out (case 42)': [
        (run) => run(['auth', 'token'], grace.key),
        (run) => run(['auth', 'logout', grace.keyName]),
      ],
      'switching against deleting': [
        (run) => run(['auth', 'switch', grace.keyName]),
        (run) => run(['auth', 'logout', grace.keyName]),
      ],
      'choosing a project against renewing': [
        (run) => run(['auth', 'project', grace.project]),
        (run) => run(['auth', 'token'], grace.key),
      ],
      'deleting the environment against logging in': [
        (run) => run(['auth', 'env', 'delete', plane.url]),
        (run) => run(['auth', 'token', '--environment', plane.url], grace.key),
      ],
      'logging everybody out against two logins': [
        (run) => run(['auth', 'logout', '--all']),
        (run) => run(['auth', 'token'], grace.key),
        (run) => run(['auth', 'token', '--project-id', 'prj-notes'], ada.key),
      ],
    }

    for (const [what, contestants] of Object.entries(races)) {
      it(`end consistent after ${what}, in ${ROUNDS} interleavings of ${CONTESTANTS} processes`, async () => {
        const [referee] = clis as [WarmCli]
        await referee.run(['auth', 'token'], {env: {LLAMA_CLOUD_API_KEY: grace.key}})
        await referee.run(['auth', 'token', '--project-id', 'prj-notes'], {env: {LLAMA_CLOUD_API_KEY: ada.key}})
        const beginAnew = sandbox.snapshot()
        for (let seed = 1; seed <= ROUNDS; seed++) {
          beginAnew()
          const results = await Promise.all(
            clis.map((cli, index) => {
              const pauses = {POINTS_FOLDER: sandbox.configFolder, POINTS_DELAY: String(seed * CONTESTANTS + index)}
              return contestants[index % contestants.length]!((args, key) =>
                cli.run(args, {env: {...pauses, ...(key && {LLAMA_CLOUD_API_KEY: key})}}),
              )
            }),
          )
          try {
            for (const {exitCode, stderr} of results) {
              expect(exitCode, stderr).to.be.oneOf([0, 1, 4])
              expect(stderr).not.to.contain('Unexpected')
            }

            await expectConsistent(referee)
          } catch (error) {
            ;(error as Error).message = `seed ${seed}: ${(error as Error).message}`
            throw error
          }
        }
      })
    }
  })
})
