import {execute} from '@oclif/core/execute'
import {createRedactingLogger} from '../redacting-logger.js'
import {hostRoot} from './located.js'
import {openLate} from './standard-output.js'

/** Where the bundle begins: what `bin/dev.js` does, on the core and the plugins that are inside the bundle. */
export async function main(): Promise<void> {
  openLate()
  const logger = process.env['DEBUG'] ? createRedactingLogger(process.argv, process.env) : undefined
  await execute({loadOptions: {root: hostRoot, ...(logger && {logger})}})
}
