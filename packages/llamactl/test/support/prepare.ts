import {tmpdir} from 'node:os'
import type {Sandbox} from './sandbox.js'
import {startWarmCli, type WarmCli} from './warm-cli.js'

let cli: Promise<WarmCli> | undefined

/** Runs a command that makes no more than what a test begins with: in a process that all sandboxes have in common. */
export async function prepare({env}: Sandbox, args: string[], variables: Record<string, string> = {}): Promise<void> {
  cli ??= startWarmCli({env: {PATH: env['PATH'] ?? ''}, folder: tmpdir()})
  const {run, unref} = await cli
  unref()
  const {exitCode, stderr} = await run(args, {env: {...env, ...variables}})
  if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}:\n${stderr}`)
}

export const prepareToken = (sandbox: Sandbox, key: string, ...args: string[]): Promise<void> =>
  prepare(sandbox, ['auth', 'token', ...args], {LLAMA_CLOUD_API_KEY: key})
