import {type Command, Flags, type Interfaces} from '@oclif/core'
import {BaseCommand, type CommandFlags} from './base-command.js'
import type {Environment} from './environments/environment.js'
import {AuthError, suggest} from './errors.js'
import {type GivenIdentity, type Identity, resolveIdentity} from './identity/identity.js'
import {ignoredVariables, isIgnored} from './identity/ignored-variables.js'
import type {Sourced} from './identity/ladder.js'
import type {Who} from './identity/profile-ladder.js'
import {type CheckedLogin, checkLogin} from './login/check-login.js'
import {readApiKey} from './login/read-api-key.js'
import {requireLatestCredential} from './login/require-credential.js'
import {noneCurrent, profileNotFound} from './profiles/choose-profile.js'
import type {Profile} from './profiles/profile.js'
import {withProgress} from './progress.js'
import type {Secret} from './secret.js'

/** `--project-id`, for commands that work in a project. */
export const projectFlag = {
  'project-id': Flags.string({
    aliases: ['project'],
    description: 'Project to use for this command.',
    helpGroup: 'GLOBAL',
    helpValue: 'ID',
  }),
}

/** Everything that another program needs to be this person. */
export interface UsableIdentity {
  environment: Environment
  /** Undefined where the key is that of a variable, and where the environment needs nobody and has nobody. */
  profile: Profile | undefined
  /** Undefined where the environment requires no auth. */
  apiKey: Secret | undefined
  projectId: string | null
  /** When the key expires, in ISO 8601. Null: never, or nobody said when. */
  expiresAt: string | null
}

/**
 * A command that is somebody. Which profile that is, and where, is settled when `run()` starts; its secret is read when
 * `requireIdentity()` is called. Nothing that is chosen for one command is stored.
 */
export abstract class IdentityCommand<T extends typeof Command> extends BaseCommand<T> {
  static override baseFlags = {
    ...BaseCommand.baseFlags,
    profile: Flags.string({
      description: 'Profile to use for this command.',
      helpGroup: 'GLOBAL',
      helpValue: 'NAME',
    }),
  }

  /** `--project-id` where a command has it. */
  static override baseCompletion = {
    flags: {...BaseCommand.baseCompletion.flags, profile: 'profile', 'project-id': 'project'},
  }

  declare protected flags: CommandFlags<T> & Interfaces.InferredFlags<(typeof IdentityCommand)['baseFlags']>
  protected identity!: Identity

  protected override async prepare(): Promise<void> {
    this.identity = await resolveIdentity(this.services, this.given)
    this.resolvedEnvironment = this.identity.environment
  }

  protected get given(): GivenIdentity {
    const {environment, profile} = this.flags
    const {'project-id': projectId} = this.flags as {'project-id'?: string}
    // An unset variable of a script, most likely: it meant somebody.
    if (profile?.trim() === '') throw new AuthError('USAGE', '--profile is empty.')
    if (projectId?.trim() === '') throw new AuthError('USAGE', '--project-id is empty.')
    return {flags: {environment, profile, projectId}, variables: this.variables, binding: () => this.binding()}
  }

  /** Rejects with `NOT_LOGGED_IN`, `PROFILE_NOT_FOUND`, `CREDENTIAL_MISSING`, or what the credential store says. */
  protected async requireIdentity(): Promise<UsableIdentity> {
    const {who, project} = this.identity
    const projectId = project?.value ?? null
    if (who?.value.kind === 'key') {
      const apiKey = readApiKey(who.value.key, who.from)
      return {environment: this.environment, projectId, profile: undefined, apiKey, expiresAt: null}
    }

    this.sayWhichKeyDoesNotCount()
    const settled = {environment: await this.settledEnvironment(), projectId, expiresAt: this.expiresAt}
    if (!who && !settled.environment.requires_auth) return {...settled, profile: undefined, apiKey: undefined}
    const profile = await this.requireProfile()
    if (!profile.credential) return {...settled, profile, apiKey: undefined}
    const reading = requireLatestCredential(this.services, this.environment.api_url, profile)
    const {apiKey} = await withProgress(`Reading the key of ${profile.name}`, reading)
    return {...settled, profile, apiKey}
  }

  /** Whether that identity can be used, without failing where it cannot. */
  protected checkIdentity({offline}: {offline: boolean}): Promise<CheckedLogin> {
    const readKey = async () => (await this.requireIdentity()).apiKey
    const connect = (key: Secret | undefined) => this.services.controlPlane(this.environment.api_url, key)
    return checkLogin(readKey, connect, {offline, expiresAt: this.expiresAt ?? undefined})
  }

  /** Of the key of the profile, where the server has told. */
  protected get expiresAt(): string | null {
    const who = this.identity.who?.value
    return (who?.kind === 'profile' && who.profile?.oidc?.api_key_expires_at) || null
  }

  /** The profile that is meant, where the key of the variable does not count: for what changes a profile. */
  protected async requireProfile(): Promise<Profile> {
    const {who} = this.identity
    const {api_url: apiUrl} = this.environment
    if (who?.value.kind !== 'profile') throw noneCurrent(await this.services.profiles.list(apiUrl), apiUrl)
    const {name, profile} = who.value
    if (profile) return profile
    throw missingProfile(who, profileNotFound(name, await this.services.profiles.list(apiUrl), apiUrl))
  }

  /** A key that is there and not used is mostly a mistake. */
  protected sayWhichKeyDoesNotCount(): void {
    const isMeant = this.variables.apiKey === undefined || this.flags.profile !== undefined
    const ignored = ignoredVariables(this.given).find(({variable}) => variable === this.variables.names.apiKey)
    if (ignored && !isMeant) this.say(isIgnored(ignored))
  }
}

/** Says who named it: nobody sees a variable, or a binding that was made long ago. */
function missingProfile({source, from}: Sourced<Who>, error: AuthError): AuthError {
  if (source === 'variable') {
    return new AuthError(error.code, `${from} cannot be used: ${error.message}`, error.suggestions)
  }

  if (source !== 'binding') return error
  return new AuthError(error.code, `${from} is bound to a profile that is not there: ${error.message}`, [
    ...error.suggestions,
    suggest('auth:switch', 'NAME --here', 'in that folder, to bind it to another one'),
    suggest('auth:switch', '--here --unset', 'to bind it no longer'),
  ])
}
