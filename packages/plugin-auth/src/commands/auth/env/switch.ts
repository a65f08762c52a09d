import {Args} from '@oclif/core'
import {interactiveFlag} from '../../../base-command.js'
import {EnvCommand} from '../../../env-command.js'
import type {Environment} from '../../../environments/environment.js'
import {probeEnvironment} from '../../../environments/probe-environment.js'
import {requireEnvironment} from '../../../environments/require-environment.js'
import {isAuthError} from '../../../errors.js'
import {type EnvironmentView, viewEnvironment} from '../../../output/environment-view.js'
import {askEnvironment} from '../../../prompts/ask-environment.js'
import {withProgress} from '../../../progress.js'

export type AuthEnvSwitchResult = EnvironmentView

export default class AuthEnvSwitch extends EnvCommand<typeof AuthEnvSwitch> {
  static override summary = 'Make a known environment the current one.'
  static override description = `Each environment keeps its own current profile. The server is asked what it needs; when it does not answer, what was known \
of it stays.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> https://api.cloud.eu.llamaindex.ai',
  ]
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['environments:use']
  static override args = {
    api_url: Args.string({name: 'API_URL', description: 'URL of the environment. Asked for when absent.'}),
  }
  static override flags = {...interactiveFlag}
  static completion = {args: {api_url: 'environment'}}

  async run(): Promise<AuthEnvSwitchResult> {
    const {environments} = this.services
    const chosen = await this.chosen()
    const environment = await this.refreshed(chosen)
    await environments.setCurrent(environment.api_url)
    this.changed({change: 'env:switch', apiUrl: environment.api_url, profile: null})

    this.log(`Switched to ${environment.api_url}.`)
    await this.sayProfile(environment.api_url)
    await this.sayWhichWins(environment.api_url)
    return viewEnvironment(environment, {active: true})
  }

  private async chosen(): Promise<Environment> {
    const {environments, prompter} = this.services
    if (this.args.api_url !== undefined) return requireEnvironment(environments, this.args.api_url)
    return askEnvironment(prompter, {
      question: 'Which environment?',
      command: 'auth:env:switch',
      environments: await environments.list(),
      currentUrl: (await this.orWarn(environments.current()))?.api_url ?? environments.defaultUrl,
    })
  }

  private async refreshed(environment: Environment): Promise<Environment> {
    const {environments, controlPlane} = this.services
    try {
      const server = await controlPlane(environment.api_url)
      const probed = await withProgress(`Asking ${environment.api_url}`, probeEnvironment(server, environment))
      await environments.save(probed)
      return probed
    } catch (error) {
      if (!isAuthError(error) || error.code === 'CANCELLED' || error.code === 'STORAGE_ERROR') throw error
      this.warning(`${error.message} What was known of it stays.`)
      return environment
    }
  }

  private async sayProfile(apiUrl: string): Promise<void> {
    const current = await this.orWarn(this.services.profiles.current(apiUrl))
    this.say(
      current
        ? `Current profile there: ${current.name}`
        : `No profile is current there. Log in with: ${this.commandLine('auth:login')}`,
    )
  }
}
