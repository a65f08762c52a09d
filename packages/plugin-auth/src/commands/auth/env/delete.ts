import {Args} from '@oclif/core'
import {interactiveFlag} from '../../../auth-command.js'
import {EnvCommand} from '../../../env-command.js'
import {DEFAULT_API_URL} from '../../../environments/api-url.js'
import type {Environment} from '../../../environments/environment.js'
import {requireEnvironment} from '../../../environments/resolve-environment.js'
import {logOut} from '../../../login/log-out.js'
import {type LogoutView, viewLogout} from '../../../output/logout-view.js'
import {askEnvironment} from '../../../prompts/ask-environment.js'
import {withProgress} from '../../../progress.js'

export interface AuthEnvDeleteResult {
  api_url: string
  deleted: boolean
  profiles: LogoutView[]
}

export default class AuthEnvDelete extends EnvCommand<typeof AuthEnvDelete> {
  static override summary = 'Delete an environment, and log out its profiles.'
  static override description = `Every profile of it is logged out as \`auth<%= config.topicSeparator %>logout\` does. When it was the current environment, the default one is current
again. The default environment itself stays known.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> http://127.0.0.1:4010',
  ]
  static override args = {
    api_url: Args.string({name: 'API_URL', description: 'URL of the environment. Asked for when absent.'}),
  }
  static override flags = {...interactiveFlag}

  async run(): Promise<AuthEnvDeleteResult> {
    const {environments} = this.services
    const current = await this.orWarn(environments.current())
    const {api_url: apiUrl} = await this.chosen(current)

    await this.services.profiles.requireWhole(apiUrl)
    await this.sweepPendingLogins(apiUrl, {all: true})
    for (const text of await this.sweep(apiUrl)) this.warning(text)
    const views: LogoutView[] = []
    do views.push(...(await this.logOutAll(apiUrl)))
    while (!(await this.forget(apiUrl, current)))

    this.log(`Deleted ${apiUrl}.`)
    if (current?.api_url === apiUrl) this.say(`The current environment is ${DEFAULT_API_URL} again.`)
    return {api_url: apiUrl, deleted: true, profiles: views}
  }

  private async logOutAll(apiUrl: string): Promise<LogoutView[]> {
    const views: LogoutView[] = []
    for (const profile of await this.services.profiles.list(apiUrl)) {
      const ended = logOut(this.services, {apiUrl, profile, force: false})
      const removed = await withProgress(`Logging out ${profile.name}`, ended)
      for (const warning of removed.warnings) this.warning(warning)
      if (removed.deleted) this.log(`Logged out ${profile.name} from ${apiUrl}.`)
      views.push(viewLogout(removed, apiUrl))
    }

    return views
  }

  /** Not while another process has just logged in there. */
  private forget(apiUrl: string, current: Environment | undefined): Promise<boolean> {
    const {environments, profiles} = this.services
    return profiles.exclusively(apiUrl, async () => {
      if ((await profiles.list(apiUrl)).length > 0) return false
      await profiles.clearCurrent(apiUrl)
      if (current?.api_url === apiUrl) await environments.clearCurrent()
      await environments.remove(apiUrl)
      return true
    })
  }

  private async chosen(current: Environment | undefined): Promise<Environment> {
    const {environments, prompter} = this.services
    if (this.args.api_url !== undefined) return requireEnvironment(environments, this.args.api_url)
    return askEnvironment(prompter, {
      question: 'Delete which environment?',
      command: 'auth:env:delete',
      environments: await environments.list(),
      currentUrl: current?.api_url ?? DEFAULT_API_URL,
    })
  }
}
