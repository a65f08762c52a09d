import type {DevControlPlane} from '@llamactl/dev-control-plane'
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {openTerminal} from '../../../plugin-auth/test/support/terminal.js'
import {CLI, type Sandbox, startProgram} from './sandbox.js'

export interface SessionOptions {
  sandbox: Sandbox
  plane: DevControlPlane
  /** Whether the commands have a terminal, at which a person approves, and takes the first answer to each question. */
  hasTerminal: boolean
  env?: Record<string, string>
}

/** Runs commands in one shell, one after another, with `llamactl` on PATH, and gives what each of them printed. */
export async function runInShell(commands: string[], options: SessionOptions): Promise<string[]> {
  const {sandbox, plane, hasTerminal} = options
  const bin = join(sandbox.folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'llamactl'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
  chmodSync(join(bin, 'llamactl'), 0o755)
  const env = {...sandbox.env, PATH: `${bin}${delimiter}${sandbox.env['PATH']}`, ...options.env}

  const script = join(sandbox.folder, 'session.sh')
  writeFileSync(script, ['exec 2>&1', ...commands.flatMap((command) => [`echo '${MARK}'`, command])].join('\n'))
  const printed = hasTerminal ? await onTerminal(script, env, options) : await withoutTerminal(script, env, options)
  return printed
    .replaceAll(PROGRESS, '')
    .replaceAll(plane.url, 'http://127.0.0.1:4010')
    .replaceAll(sandbox.folder, '/home/ada')
    .split(`${MARK}\n`)
    .slice(1)
    .map((text) => text.trimEnd())
}

const MARK = '=== next ==='

/** Shown, or not, by how long something takes. */
const PROGRESS = /^\S.*(?:\.\.\.| …)\n/gm

async function withoutTerminal(
  script: string,
  env: Record<string, string>,
  {sandbox}: SessionOptions,
): Promise<string> {
  return (await startProgram('sh', [script], {env, cwd: sandbox.folder}).finished).stdout
}

async function onTerminal(script: string, env: NodeJS.ProcessEnv, {sandbox, plane}: SessionOptions): Promise<string> {
  const terminal = openTerminal('sh', ['-c', 'sh "$0"; echo "=== end ==="; read -r _', script], {
    env,
    cwd: sandbox.folder,
    columns: 200,
    rows: 400,
  })
  const shown = (pattern: RegExp): number => terminal.text().split(pattern).length - 1
  let approved = 0
  let isAsked = false
  while (!terminal.screen().includes('=== end ===')) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (shown(/Press c to copy/) > approved) {
      approved += 1
      const {device_codes} = (await (await fetch(`${plane.url}/dev/state`)).json()) as {
        device_codes: {user_code: string}[]
      }
      for (const {user_code} of device_codes) await plane.approve(user_code)
    }

    const isAsking = /^\? /m.test(terminal.screen())
    if (isAsking && !isAsked) terminal.press('enter')
    isAsked = isAsking
  }

  const [printed = ''] = terminal.screen().split('=== end ===')
  terminal.write('\n')
  await terminal.waitForExit()
  return printed
}
