import {constants} from 'node:os'
import {AuthError, isAuthError, suggest} from '../../errors.js'
import {programVariables} from '../../identity/program-variables.js'
import {IdentityCommand, projectFlag} from '../../identity-command.js'

export default class AuthExec extends IdentityCommand<typeof AuthExec> {
  static override enableJsonFlag = false
  static override strict = false
  static override summary = 'Run a command as a profile, with the API key in its environment alone.'
  static override description = `The command gets LLAMA_CLOUD_API_KEY, LLAMA_CLOUD_BASE_URL and LLAMA_AGENTS_PROJECT_ID, which is LLAMA_DEPLOY_PROJECT_ID as \
well. Nothing of that is written down, and nothing else sees it. Streams, terminal and signals are those of the command, and so is the exit \
code; 127 where there is no such command, 126 where it cannot be run. It is not run through a shell.`
  static override usage = '<%= command.id %> [--profile NAME] [--project-id ID] [--environment URL] -- COMMAND [ARG…]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -- python app.py',
    '<%= config.bin %> <%= command.id %> --profile ada@example.com -- npm run dev',
    '<%= config.bin %> <%= command.id %> --environment https://api.cloud.eu.llamaindex.ai -- ./deploy.sh',
  ]
  static override flags = {...projectFlag}

  /** oclif's parser looks for the last `--`; the first one is ours, and every other belongs to the command. */
  override async init(): Promise<void> {
    const {argv} = this
    const end = argv.indexOf('--')
    if (end >= 0) this.argv = argv.slice(0, end)
    await super.init()
    if (end >= 0) this.words.push(...argv.slice(this.words.length > 0 ? end : end + 1))
  }

  /** Without a `--`, a flag of the command is taken for one of ours. */
  override async catch(error: Error): Promise<unknown> {
    if (isAuthError(error) || !/^Nonexistent flag/.test(error.message)) return super.catch(error)
    const [message = ''] = error.message.split('\n')
    return super.catch(
      new AuthError('USAGE', `${message}.`, [suggest('auth:exec', '-- COMMAND', 'before the command')]),
    )
  }

  async run(): Promise<void> {
    const [command, ...args] = this.words
    if (!command) {
      throw new AuthError('USAGE', 'A command is missing.', [suggest('auth:exec', '-- COMMAND', 'for example')])
    }

    const {environment, apiKey, projectId} = await this.requireIdentity()
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      [this.variables.names.useProfile]: undefined,
      ...withoutNull(programVariables(this.variables.names, {apiUrl: environment.api_url, apiKey, projectId})),
    }
    this.cancellation.signal.throwIfAborted()
    this.cancellation.stop()
    const end = await this.services.runChild(command, args, env)
    if ('signal' in end) await dieOf(end.signal)
    else process.exitCode = end.exitCode
  }
}

const withoutNull = (variables: Record<string, string | null>): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? undefined]))

/** Whoever waits for us learns what the command died of. */
async function dieOf(signal: NodeJS.Signals): Promise<void> {
  process.exitCode = 128 + (constants.signals[signal] ?? 1)
  // Node ignores it, and so would this process.
  if (signal === 'SIGPIPE') return
  process.kill(process.pid, signal)
  await new Promise((resolve) => setTimeout(resolve, 1000))
}
