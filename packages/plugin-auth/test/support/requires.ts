import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'

/**
 * The tests of this `describe` need these programs. Where one is missing they are pending, with the reason on standard
 * error; with `LLAMACTL_TEST_STRICT=1` (as in CI) they fail instead, so that nothing stays untested unnoticed.
 */
export function requireTools(...tools: string[]): void {
  const missing = tools.filter((tool) => !findTool(tool))
  requireThat(missing.length === 0, `needs ${missing.join(' and ')} on PATH`)
}

/** As `requireTools`, for a condition of another kind: a system, a privilege. First in its `describe`: hooks that follow are left out, too. */
export function requireThat(isMet: boolean, reason: string): void {
  if (isMet) return
  if (process.env['LLAMACTL_TEST_STRICT'] === '1') {
    before(() => {
      throw new Error(`LLAMACTL_TEST_STRICT: this suite ${reason}`)
    })
    return
  }

  process.stderr.write(`    pending: ${reason}\n`)
  const {parent} = it(`is left out: ${reason}`)
  if (parent) parent.pending = true
}

/** The path of a program, or undefined. Looks for itself and not with production code, which may be what is broken. */
export function findTool(tool: string): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, tool))
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
