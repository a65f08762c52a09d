import type {Command, Config, Interfaces} from '@oclif/core'
import {replaceServices} from '../public/services-of.js'
import type {AuthServices} from '../services.js'
import type {RunResult} from './run-result.js'

/** As seen from here: oclif's static `run`, and the seams of our own commands. */
interface SubjectClass {
  new (argv: string[], config: Config): {createServices(): AuthServices; catch(error: Error): Promise<unknown>}
  run(argv: string[], options: Interfaces.Options): Promise<unknown>
}

/**
 * Runs a command class in this process with fakes in place of the services it would build. A service that the test did
 * not give throws when it is touched: what a test does not mention, it forbids. `root` is the folder of the plugin's
 * `package.json`, by default the working directory; `bin` is the name of the host.
 */
export async function runWithServices<R>(
  CommandClass: typeof Command,
  argv: string[],
  fakes: Partial<AuthServices>,
  {root = process.cwd(), bin}: {root?: string | undefined; bin?: string | undefined} = {},
): Promise<RunResult<R>> {
  const services = strictly(fakes)
  let ended: Error | undefined
  class Subject extends (CommandClass as unknown as SubjectClass) {
    constructor(argv: string[], config: Config) {
      // Here and not before: `run` loads a configuration of its own, whatever it is given.
      if (bin !== undefined) config.bin = bin
      replaceServices(config, services)
      super(argv, config)
    }

    override createServices(): AuthServices {
      return services
    }

    override async catch(error: Error): Promise<unknown> {
      ended = error
      return super.catch(error)
    }
  }
  const outcome = await capture(async () => (await Subject.run(argv, {root, userPlugins: false})) as R)
  const error = outcome.error ?? ended
  const exit = error && ((error as {oclif?: {exit?: number}}).oclif?.exit ?? outcome.exitCode ?? 1)
  return {...outcome, ...(error && {error}), exitCode: exit ?? outcome.exitCode ?? 0}
}

/** What a test did not give throws when it is touched. */
export function strictly(fakes: Partial<AuthServices>): AuthServices {
  return new Proxy(fakes as AuthServices, {
    get(target, name, receiver) {
      if (!(name in target)) throw new Error(`Unexpected use of services.${String(name)}`)
      return Reflect.get(target, name, receiver) as unknown
    },
  })
}

type Captured<R> = Omit<RunResult<R>, 'exitCode'> & {exitCode: number | undefined}

async function capture<R>(work: () => Promise<R>): Promise<Captured<R>> {
  const before = process.exitCode
  process.exitCode = undefined
  const written = {stdout: '', stderr: ''}
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name]
    const {write} = stream
    stream.write = ((chunk: string | Uint8Array) => {
      written[name] += String(chunk)
      return true
    }) as typeof stream.write
    return () => {
      stream.write = write
    }
  })
  const exitCode = (): number | undefined => (process.exitCode === undefined ? undefined : Number(process.exitCode))
  try {
    const result = await work()
    return {...(result !== undefined && {result}), ...written, exitCode: exitCode()}
  } catch (error) {
    return {error: error as Error, ...written, exitCode: exitCode()}
  } finally {
    for (const undo of restore) undo()
    process.exitCode = before
  }
}
