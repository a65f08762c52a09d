import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'

/**
 * The tests of this `describe` need these programs. Where one is missing they are pending, with the reason on standard
 * error; with `LLAMACTL_TEST_STRICT=1` (as in CI) they fail instead, so that nothing stays untested unnoticed.
 */
export function requireTools(...tools: string[]): void {
  const missing = tools.filter((tool) => !isOnPath(tool))
  requireThat(missing.length === 0, `needs ${missing.join(' and ')} on PATH`)
}

/** As `requireTools`, for a condition of another kind: a system, a privilege. */
export function requireThat(isMet: boolean, reason: string): void {
  before(function () {
    if (isMet) return
    if (process.env['LLAMACTL_TEST_STRICT'] === '1') throw new Error(`LLAMACTL_TEST_STRICT: this suite ${reason}`)
    process.stderr.write(`    pending: ${reason}\n`)
    this.skip()
  })
}

function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
