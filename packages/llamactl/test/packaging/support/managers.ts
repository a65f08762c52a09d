import {existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {findTool} from '../../../../plugin-auth/test/support/requires.js'
import {type Finished, startProgram} from '../../support/sandbox.js'
import {root} from './workspace.js'

/** Where `.ci/run` installed what `test/packaging/managers/package.json` names. */
const cached = process.env['LLAMACTL_TEST_MANAGERS'] ?? ''
export const inCache = (...path: string[]) => join(cached, 'node_modules', ...path)
const cpu = process.arch === 'arm64' ? 'arm64' : 'x64'
/** Another version of Node, by its major number. */
export const nodeOf = (major: number): string => inCache(`node-${major}-linux-${cpu}`, 'bin', 'node')
/** Other versions of oclif. The next major one needs Node 22. */
export const oclifCore = (major: 2 | 3 | 4 | 5): string => inCache(`oclif-core-${major}`)
export const oclifCore5 = oclifCore(5)
const node24 = nodeOf(24)

export interface Manager {
  title: string
  /** A program of this machine or of the cache; the first one may be missing. */
  command: string[]
  args: string[]
  /** Where the installed CLI is, in the folder that it was installed from. */
  cli: string
}

const npmOfMachine = realpathSync(findTool('npm') ?? process.execPath)
const npm12 = inCache('npm-12', 'bin', 'npm-cli.js')
const pnpm = (major: number) => inCache(`pnpm-${major}`, 'bin', major === 10 ? 'pnpm.cjs' : 'pnpm.mjs')
const globally = {cli: 'global/bin/llamactl'}
const locally = {cli: 'node_modules/.bin/llamactl'}

/** The one in this workspace, which is always there. */
export const npm11: Manager = {
  title: 'npm 11',
  command: [process.execPath, join(root, 'node_modules', 'npm', 'bin', 'npm-cli.js')],
  args: ['i', '-g', 'llamactl'],
  ...globally,
}

export const managers: Manager[] = [
  {
    title: 'npm of this machine, without scripts',
    command: [process.execPath, npmOfMachine],
    args: ['i', '-g', '--ignore-scripts', 'llamactl'],
    ...globally,
  },
  npm11,
  {
    title: 'npm 12, which refuses install scripts',
    command: [node24, npm12],
    args: ['i', '-g', '--strict-allow-scripts', 'llamactl'],
    ...globally,
  },
  {title: 'pnpm 10', command: [process.execPath, pnpm(10)], args: ['add', 'llamactl'], ...locally},
  {title: 'pnpm 11', command: [node24, pnpm(11)], args: ['add', 'llamactl'], ...locally},
  {title: 'pnpm 12', command: [node24, pnpm(12)], args: ['add', 'llamactl'], ...locally},
  {title: 'pnpm 12, globally', command: [node24, pnpm(12)], args: ['add', '-g', 'llamactl'], ...globally},
  {
    title: 'yarn 4',
    command: [process.execPath, inCache('yarn-4', 'bin', 'yarn.js')],
    args: ['add', 'llamactl'],
    ...locally,
  },
  {
    title: 'bun',
    command: [inCache(`@oven/bun-linux-${cpu === 'arm64' ? 'aarch64' : cpu}`, 'bin', 'bun')],
    args: ['add', '-g', 'llamactl'],
    ...globally,
  },
]

export const isThere = ({command}: Manager): boolean => command.every((path) => existsSync(path))

/**
 * Runs it in an empty folder with an empty home and cache. Of the machine's programs it finds a shell and nothing else:
 * no compiler, no Python, nothing that could look for headers.
 */
export function install({command, args}: Manager, folder: string, registry: string): Promise<Finished> {
  const tools = join(folder, 'tools')
  const bin = join(folder, 'global', 'bin')
  for (const path of [tools, bin, join(folder, 'global', 'lib')]) mkdirSync(path, {recursive: true})
  const [program = '', ...rest] = command
  const node = command.includes(node24) ? node24 : process.execPath
  symlinkSync(node, join(tools, 'node'))
  symlinkSync(realpathSync('/bin/sh'), join(tools, 'sh'))
  writeFileSync(join(folder, 'package.json'), '{"name": "empty", "private": true}')
  writeFileSync(join(folder, 'yarn.lock'), '')
  return startProgram(program, [...rest, ...args], {
    cwd: folder,
    env: {
      PATH: `${tools}:${bin}`,
      HOME: folder,
      NO_COLOR: '1',
      npm_config_registry: registry,
      npm_config_prefix: join(folder, 'global'),
      npm_config_update_notifier: 'false',
      // pnpm 11 and later read no npm_config_.
      pnpm_config_registry: registry,
      PNPM_HOME: join(folder, 'global'),
      YARN_NPM_REGISTRY_SERVER: registry,
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      YARN_ENABLE_TELEMETRY: '0',
      YARN_NODE_LINKER: 'node-modules',
      BUN_CONFIG_REGISTRY: registry,
      BUN_INSTALL: join(folder, 'global'),
    },
  }).finished
}
