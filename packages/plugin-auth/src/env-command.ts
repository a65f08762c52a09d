import type {Command} from '@oclif/core'
import {BaseCommand} from './base-command.js'
import {requireEnvironment} from './environments/require-environment.js'

/** A command about all environments rather than in one: nothing has to be current for it. */
export abstract class EnvCommand<T extends typeof Command> extends BaseCommand<T> {
  protected override async prepare(): Promise<void> {
    const {environment} = this.flags
    if (environment !== undefined) await requireEnvironment(this.services.environments, environment)
  }

  /** A variable or a binding that shadows what was just changed or shown does not stop a command, but it is said. */
  protected async sayWhichWins(currentUrl: string | undefined): Promise<void> {
    const {baseUrl} = this.variables
    if (baseUrl) {
      this.say(`${baseUrl.name} is set, and wins over the current environment.`)
      return
    }

    const binding = await this.orWarn(this.binding())
    if (!binding || binding.api_url === currentUrl) return
    this.say(`${binding.folder} is bound to ${binding.api_url}, which wins there over the current environment.`)
  }
}
