import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core'
import {expect} from 'chai'
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {isBuiltin} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {publint} from 'publint'
import {requireTools} from '../../../plugin-auth/test/support/requires.js'
import {startProgram} from '../support/sandbox.js'
import {listTarball, unpackTarball} from './support/tar.js'
import {packPackages, root, type Tarball} from './support/workspace.js'

const KIB = 1024
const compiled = String.raw`dist/.*\.(js|d\.ts)`
/** Of plugin-auth only what its entry points reach: the rest is nobody else's. */
const reached = String.raw`dist/(index|errors|secret|(public|testing)/[a-z-]+|control-plane/replies|prompts/prompter|untrusted/clean-text)\.d\.ts`
const always = ['LICENSE', 'README.md', 'package.json']
const systems = 'darwin-arm64 darwin-x64 linux-arm64 linux-ia32 linux-x64 win32-arm64 win32-ia32 win32-x64'.split(' ')
const keytar = `node_modules/keytar/(package.json|LICENSE.md|lib/keytar.js|prebuilds/[^/]+/keytar.node)`
const helper = 'bundle/packages/@llamactl/plugin-auth/dist/credentials/keychain'

/** Packages that are a file each. */
const outside = [
  ...['ansis', 'cli-spinners', 'cross-spawn', 'debug', 'ejs', 'enquirer', 'lilconfig', 'minimatch', 'npm-package-arg'],
  ...['npm-run-path', 'object-treeify', 'openid-client', 'plugin-plugins-semver', 'semver', 'sqlite.org-sqlite-wasm'],
  ...['tinyglobby', 'undici', 'uqr', 'validate-npm-package-name', 'which', 'wsl-utils', 'yaml'],
]

/** What a package may hold beside license, README and description, and how large its tarball may get. */
const packages: Record<string, {holds: string[]; limit: number}> = {
  llamactl: {
    holds: [
      `bundle/(start|llamactl|help|later|${outside.join('|')}).cjs`,
      'bundle/((manifests|details|llamactl.cdx).json|LICENSES.txt)',
      'bundle/packages/(@llamactl/plugin-(auth|completion)|@oclif/plugin-(help|plugins))/package.json',
      `${helper}/helper.js`,
      `${helper}/prebuilds/[^/]+/keytar.node`,
      'bundle/packages/@llamactl/plugin-completion/shells/[a-z.]+1?',
      'bundle/packages/@oclif/plugin-plugins/lib/rm.js',
      'bundle/packages/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.wasm',
      'bin/run.c(js|md)',
    ],
    limit: 1460 * KIB,
  },
  '@llamactl/plugin-auth': {
    holds: [String.raw`dist/.*\.js`, reached, 'schemas/[a-z-]+.json', 'oclif.manifest.json', keytar],
    limit: 580 * KIB,
  },
  '@llamactl/plugin-completion': {
    holds: [compiled, 'schemas/[a-z-]+.json', 'shells/[a-z.]+1?', 'oclif.manifest.json'],
    limit: 36 * KIB,
  },
  '@llamactl/dev-control-plane': {
    holds: [compiled, 'assets/home.(css|js)', 'bin/run.js'],
    limit: 80 * KIB,
  },
}

/** What a file requires or imports. */
const ASKED = /\b(?:require|importFrom|import)\("([\w@./:-]+)"\)|\bfrom ?"([\w@./:-]+)"/g

interface Described {
  dependencies?: Record<string, string>
  bundleDependencies?: string[]
}

interface ListedCommand {
  id: string
  aliases: string[]
  hiddenAliases: string[]
}

describe('the packed packages', () => {
  requireTools('npm', 'tar')

  const folder = mkdtempSync(join(tmpdir(), 'llamactl-tarballs-'))
  const tarballs = new Map<string, Tarball>()

  before(async function () {
    this.timeout(60_000)
    for (const tarball of await packPackages(folder)) {
      tarballs.set(tarball.name, tarball)
      mkdirSync(unpacked(tarball.name), {recursive: true})
      await unpackTarball(tarball.path, unpacked(tarball.name))
    }
  })
  after(() => rm(folder, {recursive: true, force: true}))

  const pathOf = (name: string): string => tarballs.get(name)!.path
  const unpacked = (name: string): string => join(folder, 'unpacked', name)
  const textIn = (name: string, file: string): string => readFileSync(join(unpacked(name), file), 'utf8')
  const versionOf = (name: string): string => tarballs.get(name)!.version
  const describedIn = (name: string, place = 'package'): Described =>
    JSON.parse(textIn(name, `${place}/package.json`)) as Described

  it('are these', () => {
    expect([...tarballs.keys()]).to.have.members(Object.keys(packages))
  })

  for (const [name, {holds, limit}] of Object.entries(packages)) {
    describe(name, () => {
      it('holds a license, a README and what is needed to run it, and nothing else', async () => {
        const files = await listTarball(pathOf(name))
        expect(files).to.include.members(always.map((file) => `package/${file}`))
        const wanted = new RegExp(`^package/(${[...always, ...holds].join('|')})$`)
        expect(files.filter((file) => !wanted.test(file))).to.deep.equal([])
        for (const kind of holds) {
          expect(
            files.some((file) => new RegExp(`^package/${kind}$`).test(file)),
            kind,
          ).to.equal(true)
        }
      })

      it(`weighs less than ${limit / KIB} KiB`, () => {
        expect(statSync(pathOf(name)).size).to.be.below(limit)
      })

      it('has nothing to run at installation, also in what it brings along', async () => {
        const files = await listTarball(pathOf(name))
        for (const file of files.filter((path) => path.endsWith('/package.json'))) {
          const {scripts = {}} = JSON.parse(textIn(name, file)) as {scripts?: object}
          expect(scripts, file).not.to.have.any.keys('preinstall', 'install', 'postinstall', 'prepare')
        }
        expect(files.join()).not.to.contain('binding.gyp')
      })

      it('points where publint expects it to', async () => {
        const tarball = new Uint8Array(readFileSync(pathOf(name))).buffer
        const {messages} = await publint({pack: {tarball}, strict: true})
        expect(messages).to.deep.equal([])
      })
    })
  }

  for (const name of Object.keys(packages).filter((name) => name !== 'llamactl')) {
    it(`${name} has the types that each way to resolve its entry points looks for`, async () => {
      const tarball = createPackageFromTarballData(new Uint8Array(readFileSync(pathOf(name))))
      const checked = await checkPackage(tarball)
      const {problems} = checked as {problems: {kind: string; resolutionKind?: string}[]}
      // ESM only, so that CommonJS needs Node's `require(esm)`; and TypeScript's oldest resolution reads no `exports`.
      const isMeant = ({kind, resolutionKind}: {kind: string; resolutionKind?: string}): boolean =>
        kind === 'CJSResolvesToESM' || resolutionKind === 'node10'
      expect(problems.filter((problem) => !isMeant(problem))).to.deep.equal([])
    })
  }

  it('type-check in a plugin of somebody else, all declarations included, without the optional peer', async function () {
    this.timeout(60_000)
    const cwd = join(folder, 'author')
    const home = join(cwd, 'node_modules', '@llamactl', 'plugin-auth')
    cpSync(join(unpacked('@llamactl/plugin-auth'), 'package'), home, {recursive: true})
    mkdirSync(join(cwd, 'node_modules', '@types'))
    for (const name of ['@oclif', '@types/node', 'undici-types'])
      symlinkSync(join(root, 'node_modules', name), join(cwd, 'node_modules', name))
    writeFileSync(join(cwd, 'package.json'), '{"type": "module"}')
    writeFileSync(
      join(cwd, 'list.ts'),
      `import {Args, Flags} from '@oclif/core'
import {AuthCommand, type AuthChangedHook, connect, isAuthError} from '@llamactl/plugin-auth'
import {createScriptedPrompter, runAuthCommand} from '@llamactl/plugin-auth/testing'
export default class List extends AuthCommand<typeof List> {
  static override args = {name: Args.string({required: true})}
  static override flags = {deep: Flags.boolean()}
  async run(): Promise<{id: string; name: string; deep: boolean; project: string | undefined}> {
    const {id} = await this.client.me()
    return {id, name: this.args.name, deep: this.flags.deep, project: this.flags['project-id']}
  }
}
export const hook: AuthChangedHook = async ({config, changes}) => {
  for (const {change} of changes) if (change === 'login') await (await connect(config)).fetch('/x')
}
export const {result} = await runAuthCommand<{id: string}>(List, ['x'], {prompter: createScriptedPrompter()})
export const code = (error: unknown) => (isAuthError(error) ? error.code : undefined)
// @ts-expect-error the services behind it are nobody else's
export const services = (list: List) => list['services']
`,
    )
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--noEmit', '--types', 'node']
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const checked = startProgram(process.execPath, [tsc, ...options, 'list.ts'], {env: process.env, cwd})
    const {stdout, exitCode} = await checked.finished
    expect([stdout, exitCode]).to.deep.equal(['', 0])
  })

  it('are for everybody, which npm asks to be told of names with a scope', () => {
    for (const name of Object.keys(packages).filter((name) => name.startsWith('@'))) {
      expect(describedIn(name), name).to.have.nested.property('publishConfig.access', 'public')
    }
  })

  for (const [name, place] of [
    ['@llamactl/plugin-auth', 'node_modules/keytar'],
    ['llamactl', helper],
  ] as const) {
    it(`${name} brings keytar for each system that keytar loads on`, async () => {
      const files = await listTarball(pathOf(name))
      const binaries = systems.map((system) => `package/${place}/prebuilds/${system}/keytar.node`)
      expect(files.filter((file) => file.endsWith('.node'))).to.have.members(binaries)
    })
  }

  it('llamactl needs the other keychain library: all else is in it', () => {
    const {dependencies = {}, bundleDependencies} = describedIn('llamactl')
    expect(Object.keys(dependencies)).to.deep.equal(['@napi-rs/keyring'])
    expect(bundleDependencies).to.equal(undefined)
    const {'@napi-rs/keyring': keyring} = dependencies
    expect(describedIn('@llamactl/plugin-auth').dependencies).to.include({'@napi-rs/keyring': keyring})
  })

  it('llamactl lists what it was made from, for scanners and with the licenses', () => {
    const {components} = JSON.parse(textIn('llamactl', 'package/bundle/llamactl.cdx.json')) as {
      components: {group?: string; name: string; version: string; purl: string}[]
    }
    const named = components.map(({group, name, version}) => [group, `${name} ${version}`].filter(Boolean).join('/'))
    const text = textIn('llamactl', 'package/bundle/LICENSES.txt')
    const licensed = [...text.matchAll(/^(\S+ \d+\.\d+\.\S+) \(.+\)$/gm)].map(([, name]) => name)
    const ours = ['@llamactl/plugin-auth', '@llamactl/plugin-completion'].map((name) => `${name} ${versionOf(name)}`)
    expect([...new Set([...licensed, ...ours])]).to.have.members([...new Set(named)])
    expect(named).to.include.members(['@github/keytar 7.10.6', ...ours])
    for (const {name, purl} of components) expect(purl, name).to.match(/^pkg:npm\//)
  })

  it('llamactl asks for nothing but these, what Node.js has, and TypeScript where a linked plugin is written in it', async () => {
    const files = (await listTarball(pathOf('llamactl'))).filter((file) => /\.c?js$/.test(file))
    const asked = files.flatMap((file) =>
      [...textIn('llamactl', file).matchAll(ASKED)].map(([, required, imported]) => required ?? imported ?? ''),
    )
    const isThere = (name: string): boolean =>
      isBuiltin(name) ||
      name.startsWith('node:') ||
      files.includes(join('package/bundle', name)) ||
      files.includes(join('package/bin', name))
    expect([...new Set(asked.filter((name) => !isThere(name)))]).to.have.members(['@napi-rs/keyring', 'typescript'])
  })

  it('hold nothing of the machine that bundled them', async () => {
    const files = (await listTarball(pathOf('llamactl'))).filter((file) => !/\.(node|wasm)$/.test(file))
    for (const file of files) {
      const text = textIn('llamactl', file)
      for (const path of [root, folder].map((path) => path.replaceAll(/^\/|\/$/g, '')))
        expect(text.includes(path), file).to.equal(false)
      // Nor how to go from one place to the other.
      expect(text, file).not.to.match(/(?:\.\.\/){2}[\w./-]*node_modules/)
    }
  })

  it('list the commands that there are, and nothing of the machine that packed them', () => {
    for (const name of ['plugin-auth', 'plugin-completion']) {
      const manifest = textIn(`@llamactl/${name}`, 'package/oclif.manifest.json')
      const {commands} = JSON.parse(manifest) as {commands: Record<string, ListedCommand>}
      const names = Object.values(commands).flatMap(({id, aliases, hiddenAliases}) => [
        id,
        ...aliases,
        ...hiddenAliases,
      ])
      const snapshot = JSON.parse(readFileSync(join(root, 'packages', name, 'command-snapshot.json'), 'utf8')) as {
        command: string
      }[]
      expect(names).to.have.members(snapshot.map(({command}) => command))
      for (const path of [root, folder]) expect(manifest).not.to.contain(path)
    }
  })

  it('leave the workspace as it was', () => {
    const copy = join(folder, 'workspace', 'packages')
    for (const left of [
      'plugin-auth/oclif.manifest.json',
      'plugin-completion/oclif.manifest.json',
      'plugin-auth/node_modules/keytar',
      'llamactl/oclif.manifest.json',
      'llamactl/node_modules/@oclif/plugin-plugins',
    ]) {
      expect(existsSync(join(copy, left)), left).to.equal(false)
    }
  })
})
