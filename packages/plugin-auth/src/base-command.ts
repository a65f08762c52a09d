import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Command, Flags, type Interfaces, toConfiguredId, ux} from '@oclif/core'
import type {AuthChange} from './public/auth-change.js'
import {type AuditTrail, createAuditTrail} from './audit-trail.js'
import {type Cancellation, createCancellation} from './cancellation.js'
import type {Environment} from './environments/environment.js'
import {AuthError, type AuthErrorCode, isAuthError, suggest, type Suggestion, withWayOut} from './errors.js'
import {type ResolvedEnvironment, resolveEnvironment} from './identity/environment-ladder.js'
import type {FolderBinding} from './identity/folder-binding-store.js'
import {createHost, type Host, idIn, readHost} from './host/host.js'
import {standingOf, type UrlStanding} from './identity/base-url.js'
import {type IdentityVariables, isOn, type NamedVariable, readIdentityVariables} from './identity/identity-variables.js'
import {renameBindings} from './identity/rename-bindings.js'
import {whatWinsOverProfile} from './identity/what-wins.js'
import type {ClearLeftoverPorts} from './login/clear-leftover.js'
import {errorText} from './output/error-text.js'
import type {Profile} from './profiles/profile.js'
import {withProgress} from './progress.js'
import {type AuthServices, createAuthServices} from './services.js'
import {cleanText} from './untrusted/clean-text.js'
import {printable} from './untrusted/printable.js'
import {withoutKeys, withoutWholeKeys} from './untrusted/without-whole-keys.js'

export type CommandFlags<T extends typeof Command> = Interfaces.InferredFlags<
  (typeof BaseCommand)['baseFlags'] & T['flags']
>
export type CommandArgs<T extends typeof Command> = Interfaces.InferredArgs<T['args']>

/** `--[no-]interactive`, for commands that would ask a person. */
export const interactiveFlag = {
  interactive: Flags.boolean({
    allowNo: true,
    description:
      'Ask for what is missing. On by default on a terminal; never in CI, with --json, or on a dumb terminal.',
  }),
}

/** `-o`, for commands that read. */
export const outputFlag = {
  output: Flags.option({
    char: 'o',
    description: 'How to print the result; json is the same as --json.',
    options: ['text', 'json', 'yaml'] as const,
    default: 'text' as const,
  })(),
}

/**
 * A command that knows its environment. When `run()` starts, `args`, `flags`, `environment` and `services` are there.
 * What it throws becomes one error with a code, the same in text and JSON. It never touches a credential by itself.
 */
export abstract class BaseCommand<T extends typeof Command> extends Command {
  static override enableJsonFlag = true

  /** Commands that decide who is logged in leave a trail in the audit log, whatever becomes of them. */
  static isRecorded = false

  /** Which URLs in the variable it takes. What is not taken is passed over, and that is said. */
  static takesBaseUrl: readonly UrlStanding[] = ['known', 'new', 'unusable']

  static override baseFlags = {
    environment: Flags.string({
      description: 'URL of a known environment to use for this command.',
      helpGroup: 'GLOBAL',
      helpValue: 'URL',
    }),
    'native-tls': Flags.boolean({
      description: 'Also trust the certificates that the system trusts. LLAMA_DEPLOY_USE_TRUSTSTORE=1 does so always.',
      helpGroup: 'GLOBAL',
    }),
  }

  /** What the flags above take, for `@llamactl/plugin-completion`. */
  static baseCompletion: {flags: Record<string, string>} = {flags: {environment: 'environment'}}

  protected args!: CommandArgs<T>
  protected flags!: CommandFlags<T>
  /** What was given beside flags, also where a command does not say how many of them it takes. */
  protected words: string[] = []
  protected services!: AuthServices
  /** As the author of the host describes it, once `init` has read that. */
  protected host: Host = createHost(this.config, process.env)
  protected cancellation!: Cancellation
  /** What is done already when the command fails: keys beside `error` under `--json`. */
  protected done?: object
  /** Of a command that is recorded. */
  protected trail?: AuditTrail
  readonly #changes: AuthChange[] = []
  #resolved?: ResolvedEnvironment
  #variables?: IdentityVariables
  #isUrlPassedOver = false
  readonly #said = new Set<string>()

  override async init(): Promise<void> {
    await super.init()
    this.cancellation = createCancellation()
    this.host = await readHost(this.config, process.env)
    const {args, flags, argv} = await this.parse({
      args: withoutStandardInput(this.ctor.args),
      baseFlags: (this.ctor as typeof BaseCommand).baseFlags,
      enableJsonFlag: this.ctor.enableJsonFlag,
      flags: this.ctor.flags,
      strict: this.ctor.strict,
    })
    this.args = args as CommandArgs<T>
    this.flags = flags as CommandFlags<T>
    this.words = argv as string[]
    if ((this.flags as {interactive?: boolean}).interactive) this.isInteractive()
    this.services = this.createServices()
    if ((this.ctor as typeof BaseCommand).isRecorded)
      this.trail = createAuditTrail(await this.services.audit(), this.ctor.id)
    await this.prepare()
  }

  /** Settles what `run()` relies on. Commands that are about all environments, not about one, do less here. */
  protected async prepare(): Promise<void> {
    this.resolvedEnvironment = await resolveEnvironment(this.services.environments, {
      flag: this.flags.environment,
      variable: this.flags.environment === undefined ? await this.baseUrl() : undefined,
      binding: () => this.binding(),
    })
  }

  private async baseUrl(): Promise<NamedVariable | undefined> {
    const {baseUrl} = this.variables
    const {takesBaseUrl} = this.ctor as typeof BaseCommand
    if (baseUrl === undefined || takesBaseUrl.includes('unusable')) return baseUrl
    const standing = await standingOf(this.services.environments, baseUrl.value)
    if (takesBaseUrl.includes(standing)) return baseUrl
    const what = standing === 'new' ? 'an environment that was never added' : 'what is no URL of a control plane'
    this.say(`${baseUrl.name} is set to ${what}: it is passed over here, and not by other commands.`)
    this.#isUrlPassedOver = true
    return undefined
  }

  /** What the variables say of the identity of this invocation. */
  protected get variables(): IdentityVariables {
    const name = this.config.scopedEnvVarKey('PROFILE')
    return (this.#variables ??= readIdentityVariables(process.env, this.host.variables, {
      name,
      value: process.env[name],
    }))
  }

  /** Of the folder in which this command runs, or of one above it. */
  protected async binding(): Promise<FolderBinding | undefined> {
    const {bindings, workingFolder} = this.services
    const folder = workingFolder()
    if (folder === undefined) return undefined
    return bindings.find(folder).catch((error: unknown) => {
      if (!isAuthError(error)) throw error
      const anew = suggest('auth:switch', 'NAME --here', 'in the folder it is about, to write it anew')
      throw new AuthError(error.code, error.message, [...error.suggestions, anew])
    })
  }

  /** The environment of this invocation. */
  protected get environment(): Environment {
    return this.resolvedEnvironment.value
  }

  protected get resolvedEnvironment(): ResolvedEnvironment {
    if (!this.#resolved) throw new Error('This command has no environment')
    return this.#resolved
  }

  protected set resolvedEnvironment(resolved: ResolvedEnvironment) {
    this.#resolved = resolved
  }

  /** The environment with what it needs known: a URL from the variable that was never added is asked now. */
  protected async settledEnvironment(): Promise<Environment> {
    const {value: environment, known} = this.resolvedEnvironment
    if (known) return environment
    const {probeEnvironment} = await import('./environments/probe-environment.js')
    const server = await this.services.controlPlane(environment.api_url)
    const probed = await withProgress(`Asking ${environment.api_url}`, probeEnvironment(server, environment))
    this.#resolved = {...this.resolvedEnvironment, value: probed, known: true}
    return probed
  }

  /** The one place where tests put fakes. */
  protected createServices(): AuthServices {
    const {cancellation} = this
    return createAuthServices({
      configFolder: this.configFolder(),
      cacheFolder: this.config.cacheDir,
      keychainService: this.host.keychainService,
      apiUrls: this.host.apiUrls,
      keyVariable: this.host.variables.apiKey,
      userAgent: this.config.userAgent,
      isInteractive: () => this.isInteractive(),
      nativeTls:
        this.flags['native-tls'] ||
        (this.host.isLlamaCloud && isOn(process.env['LLAMA_DEPLOY_USE_TRUSTSTORE'])) ||
        isOn(this.config.scopedEnvVar('NATIVE_TLS')),
      env: process.env,
      hostVariable: (name) => ({name: this.config.scopedEnvVarKey(name), value: this.config.scopedEnvVar(name)}),
      get signal() {
        return cancellation.signal
      },
      warn: (text) => this.warnOnce(text),
    })
  }

  /** Without a home oclif falls back on the temporary folder, which is everybody's, and emptied at the next start. */
  private configFolder(): string {
    const {configDir, dirname, home} = this.config
    const isHomeless = !process.env['HOME'] && home === tmpdir() && configDir === join(home, '.config', dirname)
    if (!isHomeless) return this.host.configFolder
    throw new AuthError('STORAGE_ERROR', 'There is no home folder to keep profiles in: HOME is empty.', [
      `Set HOME, or ${this.config.scopedEnvVarKey('CONFIG_DIR')} to the full path of a folder of your own.`,
    ])
  }

  /** Throws once the person has cancelled, for what waits without asking anybody. */
  protected checkpoint(): void {
    this.cancellation.signal.throwIfAborted()
  }

  /** A command line of the host that this plugin runs in: `commandLine('auth:switch', 'NAME')`. */
  protected commandLine(id: string, args = ''): string {
    return `${this.config.bin} ${toConfiguredId(idIn(this.host.topic, id), this.config)} ${args}`.trimEnd()
  }

  /** To the person, on standard error, also under `--json`: standard output is for data. */
  protected say(text: string): void {
    this.draw(printable(withoutWholeKeys(text, this.host.keyPrefixes)))
  }

  /** What has colours in it, and nothing that came from elsewhere uncleaned. */
  protected draw(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  /** Something that went wrong without making the command fail. */
  protected warning(text: string): void {
    this.say(`Warning: ${text}`)
  }

  /** In one line, after the current profile was changed to `profile`, or away from one: what is used here all the same. */
  protected async sayWhatWins(profile?: {name: string}): Promise<void> {
    const binding = await this.orWarn(this.binding())
    const {api_url: apiUrl} = this.environment
    const variables = this.#isUrlPassedOver ? {...this.variables, baseUrl: undefined} : this.variables
    const text = whatWinsOverProfile(variables, binding, {name: profile?.name, apiUrl})
    if (text) this.say(text)
  }

  /** A login may give its profile another name; `known` are the profiles of before. */
  protected async followName(known: Profile[], profile: Profile): Promise<void> {
    await this.orWarn(renameBindings(this.services.bindings, this.environment.api_url, known, profile))
  }

  /** A file that is damaged is read more than once. */
  private warnOnce(text: string): void {
    if (this.#said.has(text)) return
    this.#said.add(text)
    this.warning(text)
  }

  /** What a damaged file hides is left out with a warning, where the rest is still worth showing. */
  protected async orWarn<R>(work: Promise<R>): Promise<R | undefined> {
    try {
      return await work
    } catch (error) {
      if (!isAuthError(error) || error.code !== 'STORAGE_ERROR') throw error
      this.warnOnce(withWayOut(error))
      return undefined
    }
  }

  /** Done by the commands that open the credential store anyway. Returns, in one sentence each, what is still left. */
  protected async sweep(apiUrl: string, person?: ClearLeftoverPorts['person']): Promise<string[]> {
    await this.sweepPendingLogins(apiUrl)
    const {sweepLeftovers} = await import('./login/sweep-leftovers.js')
    const warn = (text: string): void => this.warning(text)
    const say = (text: string): void => this.say(text)
    const swept = sweepLeftovers({...this.services, person, warn, say}, apiUrl)
    return (await this.orWarn(withProgress('Clearing away what earlier logins left', swept))) ?? []
  }

  /** Logins that were started and never resumed: those that expired, or all. */
  protected async sweepPendingLogins(apiUrl: string, options: {all?: boolean} = {}): Promise<void> {
    const {sweepPendingLogins} = await import('./login/end-pending-login.js')
    await this.orWarn(sweepPendingLogins(this.services, apiUrl, options))
  }

  /**
   * The result of a command that reads, in the form that `-o` asks for: a list, or the one that was named. Under `--json`
   * oclif prints what `run` returns.
   */
  protected async print<R extends object>(data: R | R[], text: (rows: R[]) => string): Promise<void> {
    if (this.jsonEnabled()) return
    const rows = Array.isArray(data) ? data : [data]
    if ((this.flags as {output?: string}).output === 'yaml') {
      const {yaml} = await import('./output/yaml.js')
      this.log(await yaml(data))
    } else if (rows.length > 0) {
      this.log(text(rows))
    }
  }

  override jsonEnabled(): boolean {
    if (super.jsonEnabled()) return true
    // While the parser refuses the line there are no flags, and its refusal is JSON as well.
    return this.flags ? (this.flags as {output?: string}).output === 'json' : asksForJson(this.argv)
  }

  /** Where the host has no colours for JSON, dividing the text into what could be coloured takes longer than all the rest. */
  override logJson(json: unknown): void {
    if (this.config.theme?.json) super.logJson(json)
    else ux.stdout(JSON.stringify(json, undefined, 2))
  }

  override async catch(error: Error): Promise<unknown> {
    if ('code' in error && error.code === 'EEXIT') throw error
    const failure = toAuthError(error, this.host)
    if (this.jsonEnabled()) {
      process.exitCode = failure.exitCode
      this.logJson(this.toErrorJson(failure))
      return undefined
    }

    this.say(errorText(this.describe(failure)))
    // Said already; oclif would wrap it into a box of 80 columns, through commands and URLs that people copy.
    throw Object.assign(failure, {skipOclifErrorHandling: true})
  }

  /** To be told to other plugins, as soon as it is on the disk. */
  protected changed(change: AuthChange): void {
    this.#changes.push(change)
  }

  /** Other plugins hear of it when everything is said and done. */
  protected override async _run<R>(): Promise<R> {
    try {
      return await super._run<R>()
    } finally {
      if (this.#changes.length > 0) {
        const {announceChanges} = await import('./auth-changed.js')
        await announceChanges(this.config, this.#changes, (text) => this.warning(text))
      }
    }
  }

  override async finally(error: Error | undefined): Promise<void> {
    this.cancellation?.stop()
    await this.orWarn(this.leaveTrail(error))
    await super.finally(error)
  }

  private async leaveTrail(error: Error | undefined): Promise<void> {
    const code = error && toAuthError(error, this.host).code
    await this.trail?.end({apiUrl: this.#resolved?.value.api_url, code})
  }

  override toErrorJson(error: unknown): {error: {code: string; message: string; suggestions: string[]}} {
    return {error: this.describe(toAuthError(error, this.host)), ...this.done}
  }

  private describe({code, message, suggestions}: AuthError): {
    code: AuthErrorCode
    message: string
    suggestions: string[]
  } {
    const said = suggestions.map((suggestion) => this.describeSuggestion(suggestion))
    const shown = (text: string): string => printable(withoutWholeKeys(text, this.host.keyPrefixes))
    return {code, message: shown(message), suggestions: [...said, ...this.whyThisEnvironment(code)].map(shown)}
  }

  /** Nobody sees a variable, or a binding that was made long ago. */
  private whyThisEnvironment(code: AuthErrorCode): string[] {
    const {source, from, value} = this.#resolved ?? {}
    const isNamed = source === 'variable' || source === 'binding'
    if (!isNamed || !value || !['PROFILE_NOT_FOUND', 'NOT_LOGGED_IN', 'LOGIN_NOT_FOUND'].includes(code)) return []
    return [`${value.api_url} is used because of ${source === 'variable' ? from : `the binding of ${from}`}.`]
  }

  private describeSuggestion(suggestion: Suggestion): string {
    if (typeof suggestion === 'string') return suggestion
    const line = this.commandLine(suggestion.command, suggestion.args)
    return suggestion.to ? `${line}  ${suggestion.to}` : line
  }

  private isInteractive(): boolean {
    const wanted = (this.flags as {interactive?: boolean}).interactive
    if (wanted === false) return false
    const isTerminal = Boolean(process.stdin.isTTY && process.stderr.isTTY)
    if (wanted && !isTerminal) throw new AuthError('USAGE', '--interactive needs a terminal to ask on.')
    if (wanted) return true
    return isTerminal && !process.env['CI'] && process.env['TERM'] !== 'dumb' && !this.jsonEnabled()
  }
}

function asksForJson(argv: readonly string[]): boolean {
  const [line] = argv.join('\n').split(/^--$/m)
  return /^(?:-o=?|--output=|(?:-o|--output)\n)json$/m.test(line ?? '')
}

/** By shape: the parser's classes are those of the host's copy of oclif, which may be another one than ours. */
const isParserError = (error: unknown): error is Error =>
  error instanceof Error && (error as {oclif?: {exit?: number}}).oclif?.exit === 2

/** The parser quotes what was typed, and a key behind a mistyped flag is still a key. */
const withoutValues = (message: string): string => message.replaceAll(/(--?[\w-]+)=\S*/g, '$1')

/** oclif's parser says what is wrong with a flag or an argument; anything else unforeseen is a bug of ours. */
function toAuthError(error: unknown, {keyPrefixes}: Host): AuthError {
  if (isAuthError(error)) return error
  if (isParserError(error)) {
    const said = withoutKeys(withoutValues(error.message.replace(/\n?See more help with --help$/, '')), keyPrefixes)
    const [message = '', ...details] = said.split('\n')
    return new AuthError('USAGE', message, [...details.filter(Boolean), 'See --help for all flags and arguments.'])
  }

  const message = error instanceof Error ? error.message : 'Something that is not an error was thrown'
  return new AuthError('UNEXPECTED_ERROR', `Unexpected: ${withoutKeys(cleanText(message), keyPrefixes)}`, [
    'This is a bug. Please report it, with the output of the same command under DEBUG=*.',
  ])
}

/** oclif would take what somebody pipes into a command for the argument that is missing, and wait for it. */
const withoutStandardInput = (args: Interfaces.ArgInput): Interfaces.ArgInput =>
  Object.fromEntries(Object.entries(args).map(([name, arg]) => [name, {...arg, ignoreStdin: true}]))
