import {expect} from 'chai'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {requireThat, requireTools} from '../../../plugin-auth/test/support/requires.js'
import {createSandbox} from '../support/sandbox.js'
import {expectKeychain} from './support/expect-keychain.js'
import {install, isThere, managers, npm11} from './support/managers.js'
import {type Clone, cloneWorkspace} from './support/release.js'
import {INSTALL_SCRIPTS, type Surroundings, useRegistry} from './support/use-registry.js'
import {type PublicRegistry, startVerdaccio, verdaccio} from './support/verdaccio.js'
import {root} from './support/workspace.js'

describe('a release', () => {
  requireTools('git')
  requireThat(existsSync(verdaccio), 'needs verdaccio: see .ci/run and LLAMACTL_TEST_MANAGERS')

  let given: Surroundings
  let clone: Clone
  let published: PublicRegistry

  useRegistry((started) => (given = started))

  before(async function () {
    this.timeout(60_000)
    published = await startVerdaccio(join(given.folder, 'verdaccio'), given.registry.url)
    clone = await cloneWorkspace(join(given.folder, 'clone'), published.url)
  })
  after(() => published?.close())

  const description = (name: string) =>
    JSON.parse(clone.read(`packages/${name}/package.json`)) as {version: string; dependencies: Record<string, string>}

  it('asks for a version of what changed and of what holds it, and the dependencies follow exactly', async function () {
    this.timeout(60_000)
    await clone.commit('packages/dev-control-plane/test/new.test.ts', 'Test what nobody installs')
    await clone.commit('packages/plugin-auth/src/index.ts', 'Log in as somebody else')
    await clone.commit('packages/plugin-completion/src/index.ts', 'Complete what was not completed')

    const {stdout, stderr, exitCode} = await clone.lerna('version', 'minor', '--no-push', '--yes')
    expect(exitCode, stdout + stderr).to.equal(0)
    expect((await clone.git('diff', '--name-only', 'HEAD~1')).split('\n')).to.have.members([
      'examples/plugin-deployments/package.json',
      'package-lock.json',
      ...['llamactl', 'plugin-auth', 'plugin-completion'].flatMap((name) => [
        `packages/${name}/CHANGELOG.md`,
        `packages/${name}/package.json`,
      ]),
    ])
    expect(description('dev-control-plane').version).to.equal('0.1.0')
    expect(description('llamactl').dependencies).to.include({
      '@llamactl/plugin-auth': '0.2.0',
      '@llamactl/plugin-completion': '0.2.0',
    })
    expect(clone.read('package-lock.json')).not.to.contain('"resolved": "http')
    expect(clone.read('packages/plugin-auth/CHANGELOG.md')).to.match(
      /^# Changelog\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- The first release\.\n$/,
    )
    expect((await clone.git('tag', '--points-at', 'HEAD')).split('\n')).to.include('llamactl@0.2.0')
    expect(await clone.git('status', '--short')).to.equal('')
    expect(await clone.git('log', '-1', '--format=%s')).to.equal('Release')
  })

  it('says in the changelog of a package what was committed in its folder, newest first', async function () {
    this.timeout(60_000)
    await clone.commit('packages/plugin-auth/src/index.ts', 'Log in twice')
    const first = await clone.git('rev-parse', '--short', 'HEAD')
    await clone.commit('packages/plugin-auth/src/index.ts', 'Log in thrice')
    const second = await clone.git('rev-parse', '--short', 'HEAD')
    await clone.commit('packages/plugin-auth/test/new.test.ts', 'Test that')
    const {stdout, stderr, exitCode} = await clone.lerna('version', 'patch', '--no-push', '--yes')
    expect(exitCode, stdout + stderr).to.equal(0)
    const news = (name: string) => clone.read(`packages/${name}/CHANGELOG.md`).replaceAll(/ \([\d-]{10}\)/g, '')
    const before = '\n## 0.2.0\n\n- The first release.\n'
    expect(news('plugin-auth')).to.equal(
      `# Changelog\n\n## 0.2.1\n\n- Log in thrice (${second})\n- Log in twice (${first})\n${before}`,
    )
    const inherited = '- No change of its own: it brings newer versions of what it depends on.'
    expect(news('llamactl')).to.equal(`# Changelog\n\n## 0.2.1\n\n${inherited}\n${before}`)
    expect(description('plugin-completion').version).to.equal('0.2.0')
  })

  it('publishes what the registry does not have, once', async function () {
    this.timeout(120_000)
    writeFileSync(join(given.folder, '.npmrc'), `//${new URL(published.url).host}/:_authToken=${published.token}\n`)
    const publish = () => clone.lerna('publish', 'from-package', '--yes')
    const {stdout, stderr, exitCode} = await publish()
    expect(exitCode, stdout + stderr).to.equal(0)
    const versions = await Promise.all(
      ['llamactl', '@llamactl/plugin-auth', '@llamactl/plugin-completion', '@llamactl/dev-control-plane'].map(
        async (name) =>
          Object.keys(((await (await fetch(`${published.url}/${name}`)).json()) as {versions: object}).versions),
      ),
    )
    expect(versions).to.deep.equal([['0.2.1'], ['0.2.1'], ['0.2.0'], ['0.1.0']])
    expect(await clone.git('status', '--short')).to.equal('')
    expect((await publish()).stderr).to.contain('No unpublished release found')
  })

  /** The loader of the system finds a libsecret that is none, and keytar cannot be loaded. */
  const withoutLibsecret = (): Record<string, string> => {
    const libraries = join(given.folder, 'libraries')
    mkdirSync(libraries, {recursive: true})
    writeFileSync(join(libraries, 'libsecret-1.so.0'), '')
    return {LD_LIBRARY_PATH: libraries}
  }

  const expectRelease = async (cli: string[], env: Record<string, string> = {}): Promise<void> => {
    const sandbox = createSandbox(env, cli)
    try {
      expect((await sandbox.run(['--version'])).stdout).to.match(/^llamactl\/0\.2\.1 /)
      const {stdout} = await sandbox.run(['plugins', '--core'])
      expect(stdout)
        .to.match(/^auth 0\.2\.1 \(core\)$/m)
        .and.match(/^completion 0\.2\.0 \(core\)$/m)
      expect((await sandbox.run(['auth', 'list'])).exitCode).to.equal(0)
    } finally {
      sandbox.remove()
    }
    await expectKeychain(given, cli, {env})
  }

  for (const manager of [npm11, ...managers.filter(({title}) => /^(pnpm 12|bun|npm .*without scripts)$/.test(title))]) {
    describe(`installed by ${manager.title}`, () => {
      requireThat(isThere(manager), `needs ${manager.title}: see .ci/run and LLAMACTL_TEST_MANAGERS`)

      it('is the new version in all its parts, and keeps a key with keytar, or without libsecret with keyring', async function () {
        this.timeout(120_000)
        const home = join(given.folder, `of ${manager.title}`)
        mkdirSync(home)
        const {stdout, stderr, exitCode} = await install(manager, home, published.url)
        expect(exitCode, stdout + stderr).to.equal(0)
        expect(stdout + stderr).not.to.match(INSTALL_SCRIPTS)
        await expectRelease([join(home, manager.cli)])
        await expectKeychain(given, [join(home, manager.cli)], {env: withoutLibsecret(), engine: 'keyring'})
      })
    })
  }

  it('is `npx llamactl`', async function () {
    this.timeout(120_000)
    const npx = join(root, 'node_modules', 'npm', 'bin', 'npx-cli.js')
    await expectRelease([process.execPath, npx, '--yes', 'llamactl'], {
      npm_config_registry: published.url,
      npm_config_cache: join(given.folder, 'npx'),
      npm_config_update_notifier: 'false',
    })
  })
})
