import type {Command, Config} from '@oclif/core'
import {createControlPlaneClient, createRequest, readWith} from '../control-plane/control-plane-client.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import {IdentityCommand, projectFlag, type UsableIdentity} from '../identity-command.js'
import {requireAccessToken} from '../login/access-token.js'
import type {Prompter} from '../prompts/prompter.js'
import {withProgress} from '../progress.js'
import type {AuthServices} from '../services.js'
import {createAuthorisedFetch} from './authorised-fetch.js'
import type {Connection, ControlPlaneClient} from './connection.js'
import type {AccessToken, ChosenIdentity, Credential, Identity} from './identity.js'
import {servicesOf} from './services-of.js'

/**
 * What stands behind a public command: one of our own that never runs. It is held, not inherited, so that no name of ours can
 * be one that an author takes.
 */
export class Invocation extends IdentityCommand<typeof Invocation> {
  static override flags = {...projectFlag}

  #credential?: Promise<Credential>

  async run(): Promise<never> {
    throw new Error('Only the command of the author runs')
  }

  protected override createServices(): AuthServices {
    return servicesOf(this.config, () => super.createServices())
  }

  get prompter(): Prompter {
    return this.services.prompter
  }

  hostLine(id: string, args?: string): string {
    return this.commandLine(id, args)
  }

  tell(text: string): void {
    this.say(text)
  }

  get line(): {args: object; flags: object} {
    return {args: this.args, flags: this.flags}
  }

  /** For whoever is no command, and has no Ctrl-C to watch for. */
  unwatch(): void {
    this.cancellation.stop()
  }

  get who(): Identity {
    const {who, project} = this.identity
    const profile = who?.value.kind === 'profile' ? who.value : undefined
    return {
      apiUrl: this.environment.api_url,
      profile: profile?.name ?? null,
      authType: who?.value.kind === 'key' ? 'token' : (profile?.profile?.auth_type ?? null),
      projectId: project?.value ?? null,
    }
  }

  connect(): Connection {
    const identity = this.who
    const requireCredential = (): Promise<Credential> => (this.#credential ??= this.readCredential(identity))
    const boundedFetch = () => this.services.fetch()
    const fetch = createAuthorisedFetch({identity, requireCredential, boundedFetch})
    return {identity, requireCredential, fetch, client: this.client(identity, fetch)}
  }

  private async readCredential(identity: Identity): Promise<Credential> {
    const usable = await this.requireIdentity()
    return {
      identity,
      apiKey: usable.apiKey ?? null,
      expiresAt: usable.expiresAt,
      accessToken: (options) => this.accessToken(usable, options),
    }
  }

  private async accessToken({environment, profile}: UsableIdentity, options?: object): Promise<AccessToken> {
    if (!profile)
      throw new AuthError('USAGE', 'This is no browser login: it has no access token.', [
        suggest('auth:login', '', 'to log in with a browser'),
      ])
    const warn = (text: string): void => this.warning(text)
    const asked = this.cancellation.uninterrupted((checkpoint) =>
      requireAccessToken({...this.services, checkpoint, warn}, environment.api_url, profile, options),
    )
    return withProgress(`Asking for an access token for ${profile.name}`, asked)
  }

  private client({apiUrl}: Identity, fetch: Connection['fetch']): ControlPlaneClient {
    const {signal} = this.cancellation
    const authorised = {apiUrl, fetch, signal, isAuthorised: true}
    const {me, organizations, projects} = createControlPlaneClient(authorised)
    const request = createRequest(authorised)
    return {
      version: async () => (await this.services.controlPlane(apiUrl)).version(),
      me,
      organizations,
      projects,
      request: async (path, read, {method = 'GET', body} = {}) => readWith(read, await request(method, path, body)),
    }
  }
}

/** That of a command, whose class it takes for its own. */
export function invocationOf(command: Command): Invocation {
  class OfCommand extends Invocation {
    override get ctor(): typeof Command {
      return command.constructor as typeof Command
    }
  }
  return new OfCommand(command.argv, command.config)
}

/** That of a hook, or of whatever else has no command line of its own. */
export async function invocationFor(config: Config, chosen: ChosenIdentity): Promise<Invocation> {
  const {environment, profile, projectId} = chosen
  const flags = {environment, profile, 'project-id': projectId}
  const argv = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))
  const invocation = new Invocation(argv, config)
  await invocation.init()
  invocation.unwatch()
  return invocation
}

/** Whether our own class shows it: what oclif's `this.error()` and `this.exit()` throw is shown by oclif. */
export const isOurs = (error: Error): boolean => {
  const exit = (error as {oclif?: {exit?: number}}).oclif?.exit
  return isAuthError(error) || exit === undefined || exit === 2
}
