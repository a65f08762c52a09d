import type {Config, Interfaces} from '@oclif/core'
import type {AuthChange} from './public/auth-change.js'
import {cleanText} from './untrusted/clean-text.js'

/**
 * Tells the other plugins. A hook that throws becomes a warning, and one that takes longer than `PATIENCE` is not waited
 * for. What hooks print to standard output goes to standard error: behind the JSON of the command it would spoil it.
 */
export async function announceChanges(
  config: Pick<Config, 'runHook'>,
  changes: readonly AuthChange[],
  warn: (text: string) => void,
): Promise<void> {
  const {write} = process.stdout
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write
  const running = config.runHook('auth:changed', {changes}, undefined, true).finally(() => {
    process.stdout.write = write
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE)
  })
  const result: Interfaces.Hook.Result<unknown> | undefined = await Promise.race([running, late])
  clearTimeout(timer)
  if (!result) warn(`A plugin takes longer than ${PATIENCE / 1000} s over what has changed. It is not waited for.`)
  for (const {plugin, error} of result?.failures ?? []) {
    warn(`Plugin ${plugin.name} failed over what has changed: ${cleanText(error.message)}`)
  }
}

/** Milliseconds. */
const PATIENCE = 5000
