// A home of its own, and nothing of the variables of whoever measures: NODE_EXTRA_CA_CERTS alone costs Node 20 some 35 ms.
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export function sandboxIn(parent, name) {
  const home = join(parent, name)
  mkdirSync(home, {recursive: true})
  return {
    home,
    config: join(home, '.config', 'llamactl'),
    env: {
      PATH: process.env.PATH,
      HOME: home,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      BROWSER: 'none',
      LLAMACTL_CREDENTIAL_STORE: 'file',
    },
  }
}

export async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'llamactl-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, {recursive: true, force: true, maxRetries: 5})
  }
}
