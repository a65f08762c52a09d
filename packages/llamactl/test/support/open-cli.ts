import {openTerminal, reportingShell, type TestTerminal} from '../../../plugin-auth/test/support/terminal.js'
import {CLI, type Sandbox} from './sandbox.js'

/** The built CLI in a real pseudo-terminal. */
export const openCli = (sandbox: Sandbox, args: string[], {TERM, ...env}: Record<string, string> = {}): TestTerminal =>
  openTerminal(...reportingShell(process.execPath, [CLI, ...args]), {
    env: {...sandbox.env, ...env},
    ...(TERM !== undefined && {name: TERM}),
    cwd: sandbox.folder,
    columns: 100,
    rows: 30,
  })
