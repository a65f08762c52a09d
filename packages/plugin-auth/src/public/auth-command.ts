import {Command, type Interfaces} from '@oclif/core'
import {AuthError, suggest} from '../errors.js'
import {IdentityCommand, projectFlag} from '../identity-command.js'
import type {Prompter} from '../prompts/prompter.js'
import type {AuthFetch, Connection, ControlPlaneClient} from './connection.js'
import type {Credential, Identity} from './identity.js'
import {type Invocation, invocationOf, isOurs} from './invocation.js'

/** The flags of a command class, with those that `AuthCommand` adds. */
export type CommandFlags<T extends typeof Command> = Interfaces.InferredFlags<
  (typeof AuthCommand)['baseFlags'] & T['flags']
>

/** The arguments of a command class. */
export type CommandArgs<T extends typeof Command> = Interfaces.InferredArgs<T['args']>

/**
 * A command of yours that is somebody. When `run()` starts, `args`, `flags` and `identity` are there, settled by the flags
 * `--environment`, `--profile` and `--project-id`, by variables, by the folder, or by what is current. The keychain and the
 * server are asked when `fetch`, `client` or `requireCredential()` is first used.
 *
 * An `AuthError` becomes one error with a code, in text and under `--json`, and the exit code of that code. What `run()`
 * returns is printed under `--json`, and `this.log()` is silent then.
 *
 * @typeParam T - the class itself: `class List extends AuthCommand<typeof List>`
 */
export abstract class AuthCommand<T extends typeof Command = typeof Command> extends Command {
  /** `--json`. */
  static override enableJsonFlag = true

  /** `--environment`, `--profile`, `--project-id` and `--native-tls`. */
  static override baseFlags = {...IdentityCommand.baseFlags, ...projectFlag}

  /** What those take, for `@llamactl/plugin-completion`. */
  static baseCompletion: {flags: Record<string, string>} = IdentityCommand.baseCompletion

  /** Parsed. */
  protected args!: CommandArgs<T>
  /** Parsed. */
  protected flags!: CommandFlags<T>
  #made?: Invocation
  #connected?: Connection

  get #invocation(): Invocation {
    return (this.#made ??= invocationOf(this))
  }

  get #connection(): Connection {
    return (this.#connected ??= this.#invocation.connect())
  }

  /** An override calls `await super.init()` first. */
  override async init(): Promise<void> {
    await this.#invocation.init()
    const {args, flags} = this.#invocation.line
    this.args = args as CommandArgs<T>
    this.flags = flags as CommandFlags<T>
    this.parsed = true
  }

  /** Who this invocation is. */
  protected get identity(): Identity {
    return this.#connection.identity
  }

  /** `fetch` in the name of that identity. */
  protected get fetch(): AuthFetch {
    return this.#connection.fetch
  }

  /** The control plane's API in the name of that identity. */
  protected get client(): ControlPlaneClient {
    return this.#connection.client
  }

  /** Asks a person, on standard error. Look at `interactive` first: in CI, in a pipe and under `--json` nobody can be asked. */
  protected get prompter(): Prompter {
    return this.#invocation.prompter
  }

  /**
   * The secret itself, for what `fetch` and `client` cannot do.
   *
   * @throws AuthError with `NOT_LOGGED_IN`, `PROFILE_NOT_FOUND`, `CREDENTIAL_MISSING`, `KEYCHAIN_LOCKED` and the like
   */
  protected requireCredential(): Promise<Credential> {
    return this.#connection.requireCredential()
  }

  /**
   * The project of the identity, for a command that cannot do without.
   *
   * @throws AuthError `INPUT_REQUIRED` where none was chosen
   */
  protected requireProjectId(): string {
    const {projectId} = this.identity
    if (projectId !== null) return projectId
    throw new AuthError('INPUT_REQUIRED', 'Which project is meant? None was chosen.', [
      suggest('auth:project', '', 'to choose one for this profile'),
      'or give --project-id ID.',
    ])
  }

  /** A command line of the host: `commandLine('auth:switch', 'NAME')` is `acme auth switch NAME`. */
  protected commandLine(id: string, args?: string): string {
    return this.#invocation.hostLine(id, args)
  }

  /** To the person, on standard error, also under `--json`: standard output is for data. */
  protected say(text: string): void {
    this.#invocation.tell(text)
  }

  /** Whether standard output is for one JSON document alone. */
  override jsonEnabled(): boolean {
    return this.#invocation.jsonEnabled()
  }

  /** What oclif's `this.error()` throws is shown by oclif, and exits as it says under `--json` as well. */
  override async catch(error: Error & {oclif?: {exit?: number}; exitCode?: number}): Promise<unknown> {
    if (isOurs(error)) return this.#invocation.catch(error)
    return super.catch(Object.assign(error, {exitCode: error.oclif?.exit}))
  }

  /** An override calls `await super.finally(error)`. */
  override async finally(error: Error | undefined): Promise<void> {
    await this.#invocation.finally(error)
  }

  /** The JSON of a failure. */
  override toErrorJson(error: unknown): {error: {code: string; message: string; suggestions: string[]}} {
    const {
      message,
      code = 'UNEXPECTED_ERROR',
      suggestions = [],
    } = error as Error & {code?: string; suggestions?: string[]}
    return isOurs(error as Error) ? this.#invocation.toErrorJson(error) : {error: {code, message, suggestions}}
  }
}
