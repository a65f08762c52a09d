import type {Command} from '@oclif/core'
import type {Prompter} from '../prompts/prompter.js'
import {createMemoryServices} from './memory-services.js'
import type {RunResult} from './run-result.js'
import {runWithServices} from './run-with-services.js'
import {nonInteractivePrompter} from './scripted-prompter.js'
import type {AnswerRequest, TestControlPlane, TestLogin} from './test-login.js'

/** Around a command under test. */
export interface RunOptions {
  /** Absent: one profile with an invented API key. Null: nobody is logged in. */
  login?: TestLogin | null
  /** A function that answers each request, or a control plane that runs. Absent: a request is an error that names it. */
  server?: TestControlPlane | AnswerRequest
  /** Absent: nobody can be asked. */
  prompter?: Prompter
  /** Variables that are set meanwhile. Those that name an identity are unset if they are not among them. */
  env?: Record<string, string>
  /** The folder of your `package.json`. Absent: the working directory. */
  root?: string
  /** Name of the host, as messages show it. Absent: that of your `package.json`. */
  bin?: string
}

/**
 * Runs a command that extends `AuthCommand` in this process: with profiles and keychain in memory, with nobody to ask, and
 * without any network but that of `server`. Never rejects for what the command throws. One run at a time: standard output and
 * the environment are the process's own.
 *
 * @typeParam R - what `run()` resolves to
 */
export async function runAuthCommand<R = unknown>(
  CommandClass: typeof Command,
  argv: string[] = [],
  options: RunOptions = {},
): Promise<RunResult<R>> {
  const {login = {}, server, prompter = nonInteractivePrompter(), env = {}, root, bin} = options
  const services = await createMemoryServices({login, server, prompter})
  const restore = replaceVariables(env)
  try {
    return await runWithServices<R>(CommandClass, argv, services, {root, bin})
  } finally {
    restore()
  }
}

const OF_IDENTITY = /^LLAMA_(CLOUD|AGENTS|DEPLOY)_|_PROFILE$/

function replaceVariables(env: Record<string, string>): () => void {
  const before = process.env
  const kept = Object.entries(before).filter(([name]) => !OF_IDENTITY.test(name))
  process.env = {...Object.fromEntries(kept), ...env}
  return () => {
    process.env = before
  }
}
