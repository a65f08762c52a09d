import {type ChildProcess, spawn} from 'node:child_process'
import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {bringCompiled, keepCompiled} from './compiled.js'
import {type Finished, type Output, recordOutput} from './output.js'

export type {Finished} from './output.js'

export const CLI = fileURLToPath(new URL('../../bin/run.cjs', import.meta.url))

const packages = join(dirname(CLI), '..', '..')
const compiledAt = ['llamactl', 'plugin-auth', 'plugin-completion'].map(
  (name) => statSync(join(packages, name, 'dist', '.tsbuildinfo')).mtimeMs,
)
const bundledAt = statSync(join(dirname(CLI), '..', 'bundle', 'llamactl.cjs'), {throwIfNoEntry: false})?.mtimeMs ?? 0
if (bundledAt < Math.max(...compiledAt)) throw new Error('The bundle is older than what is in it. Run: npm run build')

/** Standard output of a command that failed under `--json`. */
export interface Failure {
  error: {code: string; message: string; suggestions: string[]}
}

export interface Running extends Output {
  process: ChildProcess
}

export interface RunOptions {
  stdin?: string | Buffer
  env?: Record<string, string>
  /** A command that starts the CLI: `['sh', '-c', 'ulimit -f 0; exec "$@"', 'sh']`. */
  through?: string[]
  /** Absent: the folder of the sandbox. */
  cwd?: string
}

/** A home of its own for the CLI: nothing of the machine's configuration or variables gets in. */
export interface Sandbox {
  folder: string
  configFolder: string
  env: Record<string, string>
  run(args: string[], options?: RunOptions): Promise<Finished>
  start(args: string[], options?: RunOptions): Running
  /** Every file below the configuration folder, by its path in it, but for the audit log, which tells of failures too. */
  files(): Record<string, string>
  /** Remembers the configuration folder. What it returns puts it back, as often as it is called. */
  snapshot(): () => void
  remove(): void
}

/**
 * Keeps secrets in the file store unless `env` says otherwise: a machine that runs tests may have no keychain. `cli` is
 * the command line that starts the CLI, absent: the built one.
 */
export function createSandbox(env: Record<string, string> = {}, cli = [process.execPath, CLI]): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'llamactl-journey-'))
  const configFolder = join(folder, 'config', 'llamactl')
  const cache = join(folder, 'cache')
  bringCompiled(cache)
  const sandboxEnv = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CACHE_HOME: cache,
    XDG_STATE_HOME: join(folder, 'state'),
    LLAMACTL_CREDENTIAL_STORE: 'file',
    BROWSER: 'none',
    NO_COLOR: '1',
    LANG: 'C.UTF-8',
    ...env,
  }

  function start(args: string[], {stdin, env: extra, through = [], cwd = folder}: RunOptions = {}): Running {
    const [command = '', ...rest] = [...through, ...cli, ...args]
    return startProgram(command, rest, {env: {...sandboxEnv, ...extra}, cwd, stdin})
  }

  return {
    folder,
    configFolder,
    env: sandboxEnv,
    start,
    run: (args, options) => start(args, options).finished,
    files: () => Object.fromEntries(listFiles(configFolder).filter(([path]) => !/^audit\./.test(path))),
    snapshot() {
      const kept = mkdtempSync(join(folder, 'kept-'))
      const copy = (from: string, to: string): void => {
        rmSync(to, {recursive: true, force: true})
        cpSync(from, to, {recursive: true})
      }
      copy(configFolder, kept)
      return () => copy(kept, configFolder)
    },
    remove() {
      keepCompiled(cache)
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

export interface ProgramOptions {
  env: NodeJS.ProcessEnv
  cwd: string
  stdin?: string | Buffer | undefined
}

/** Any program: a package manager, a CLI that it installed. */
export function startProgram(command: string, args: string[], {env, cwd, stdin}: ProgramOptions): Running {
  const child = spawn(command, args, {env, cwd, stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']})
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(stdin)
  const recorder = recordOutput()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => recorder.write(name, text))
  }

  child.once('error', recorder.fail)
  child.once('close', recorder.end)
  return {process: child, finished: recorder.finished, stderrShows: recorder.stderrShows}
}

function listFiles(folder: string, prefix = ''): [string, string][] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }

  return names.flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory()
      ? listFiles(path, `${prefix}${name}/`)
      : [[prefix + name, readFileSync(path, 'utf8')] as [string, string]]
  })
}
