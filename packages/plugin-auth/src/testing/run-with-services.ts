import type {Command, Config, Interfaces} from '@oclif/core'
import type {AuthServices} from '../services.js'

export interface RunResult<R> {
  result?: R
  error?: Error & {code?: string; exitCode?: number}
  stdout: string
  stderr: string
}

/** As seen from here: oclif's static `run`, and the one seam of `BaseCommand`. */
interface SubjectClass {
  new (argv: string[], config: Config): {createServices(): AuthServices}
  run(argv: string[], options: Interfaces.Options): Promise<unknown>
}

/**
 * Runs a command class in this process with fakes in place of the services it would build. A service that the test did
 * not give throws when it is touched: what a test does not mention, it forbids. `root` is the folder of the plugin's
 * `package.json`, by default the working directory; `bin` is the name of the host.
 */
export async function runAuthCommand<R>(
  CommandClass: typeof Command,
  argv: string[],
  fakes: Partial<AuthServices>,
  {root = process.cwd(), bin}: {root?: string; bin?: string} = {},
): Promise<RunResult<R>> {
  class Subject extends (CommandClass as unknown as SubjectClass) {
    constructor(argv: string[], config: Config) {
      // Here and not before: `run` loads a configuration of its own, whatever it is given.
      if (bin !== undefined) config.bin = bin
      super(argv, config)
    }

    override createServices(): AuthServices {
      return new Proxy(fakes as AuthServices, {
        get(target, name, receiver) {
          if (!(name in target)) throw new Error(`Unexpected use of services.${String(name)}`)
          return Reflect.get(target, name, receiver) as unknown
        },
      })
    }
  }
  return capture(async () => (await Subject.run(argv, {root, userPlugins: false})) as R)
}

async function capture<R>(work: () => Promise<R>): Promise<RunResult<R>> {
  const exitCode = process.exitCode
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
  try {
    return {result: await work(), ...written}
  } catch (error) {
    return {error: error as Error, ...written}
  } finally {
    for (const undo of restore) undo()
    process.exitCode = exitCode
  }
}
