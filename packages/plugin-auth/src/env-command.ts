import type {Command} from '@oclif/core'
import {AuthCommand} from './auth-command.js'
import type {Environment} from './environments/environment.js'
import {requireEnvironment} from './environments/resolve-environment.js'

/** A command about all environments rather than in one: nothing has to be current for it. */
export abstract class EnvCommand<T extends typeof Command> extends AuthCommand<T> {
  /** The one that `--environment` names. */
  protected namedEnvironment?: Environment

  protected override async prepare(): Promise<void> {
    const {environment} = this.flags
    if (environment !== undefined)
      this.namedEnvironment = await requireEnvironment(this.services.environments, environment)
  }

  /** A variable that shadows what was just changed or shown does not stop a command, but it is said. */
  protected sayWhatWins(): void {
    const variable = process.env['LLAMA_CLOUD_BASE_URL']
    if (variable?.trim()) this.say('LLAMA_CLOUD_BASE_URL is set, and wins over the current environment.')
  }
}
