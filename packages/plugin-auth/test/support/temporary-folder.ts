import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A folder of its own for the test that is running, gone afterwards. Call inside `describe`. */
export function useTemporaryFolder(): () => string {
  let path = ''
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'auth-test-'))
  })
  afterEach(() => rmSync(path, {recursive: true, force: true}))
  return () => path
}
