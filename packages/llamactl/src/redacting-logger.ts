import {format} from 'node:util'
import {clearLoggers, getLogger} from '@oclif/core/logger'

type Logger = ReturnType<typeof getLogger>

/**
 * oclif's debug output with the secrets of this invocation taken out. Under `DEBUG=*` oclif prints the arguments of the
 * process, and one of them may be an API key.
 */
export function createRedactingLogger(argv: readonly string[], env: NodeJS.ProcessEnv): Logger {
  const secrets = [...keysIn(argv), env['LLAMA_CLOUD_API_KEY'] ?? ''].filter((secret) => secret.length > 1)
  const logger = getLogger()
  // oclif takes a logger only while it has none, and asking for its own one has just made it.
  clearLoggers()
  return secrets.length === 0 ? logger : redacting(logger, secrets)
}

/** Values of `--api-key` and of flags that somebody may have meant by it, and whatever looks like a key by itself. */
const keysIn = (argv: readonly string[]): string[] =>
  argv.flatMap((arg, index) => {
    const flag = /^--[\w-]*(?:key|token|secret|password)[\w-]*(?:=(.*))?$/s.exec(arg)
    return [...(flag ? [flag[1] ?? argv[index + 1] ?? ''] : []), ...(arg.match(/llx-[\w-]+/g) ?? [])]
  })

function redacting(logger: Logger, secrets: string[]): Logger {
  const redacted =
    (write: (formatter: unknown, ...args: unknown[]) => void) =>
    (formatter: unknown, ...args: unknown[]): void => {
      const text = format(formatter, ...args)
      write(
        '%s',
        secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text),
      )
    }

  return {
    namespace: logger.namespace,
    child: (...names) => redacting(logger.child(...names), secrets),
    debug: redacted(logger.debug),
    error: redacted(logger.error),
    info: redacted(logger.info),
    trace: redacted(logger.trace),
    warn: redacted(logger.warn),
  }
}
