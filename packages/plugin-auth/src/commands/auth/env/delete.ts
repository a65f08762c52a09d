import {Args} from '@oclif/core'
import {interactiveFlag} from '../../../base-command.js'
import {EnvCommand} from '../../../env-command.js'
import type {Environment} from '../../../environments/environment.js'
import {requireEnvironment} from '../../../environments/require-environment.js'
import {logOutEach} from '../../../log-out-each.js'
import type {LogoutView} from '../../../output/logout-view.js'
import {askEnvironment} from '../../../prompts/ask-environment.js'

export interface AuthEnvDeleteResult {
  api_url: string
  deleted: boolean
  profiles: LogoutView[]
}

export default class AuthEnvDelete extends EnvCommand<typeof AuthEnvDelete> {
  static override isRecorded = true
  static override summary = 'Delete an environment, and log out its profiles.'
  static override description = `Every profile of it is logged out as \`auth<%= config.topicSeparator %>logout\` does, and stays when one of them cannot be. When it was the current environment, the default one is current
again. The default environment itself stays known.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> http://127.0.0.1:4010',
  ]
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['environments:delete']
  static override args = {
    api_url: Args.string({name: 'API_URL', description: 'URL of the environment. Asked for when absent.'}),
  }
  static override flags = {...interactiveFlag}
  static completion = {args: {api_url: 'environment'}}

  async run(): Promise<AuthEnvDeleteResult> {
    const {environments} = this.services
    const current = await this.orWarn(environments.current())
    const {api_url: apiUrl} = await this.chosen(current)

    await this.services.profiles.requireWhole(apiUrl)
    await this.sweepPendingLogins(apiUrl, {all: true})
    for (const text of await this.sweep(apiUrl)) this.warning(text)
    const views: LogoutView[] = []
    this.done = {api_url: apiUrl, deleted: false, profiles: views}
    do await this.logOutAll(apiUrl, views)
    while (!(await this.forget(apiUrl, current)))

    this.changed({change: 'env:delete', apiUrl, profile: null})
    await this.unbindFolders(apiUrl)
    this.log(`Deleted ${apiUrl}.`)
    if ((await this.services.leftovers.list(apiUrl)).length > 0) {
      this.say('What could not be ended at its server stays remembered, for when you add that environment again.')
    }

    if (current?.api_url === apiUrl) this.say(`The current environment is ${environments.defaultUrl} again.`)
    return {api_url: apiUrl, deleted: true, profiles: views}
  }

  private async logOutAll(apiUrl: string, views: LogoutView[]): Promise<void> {
    await logOutEach(
      this.services,
      {apiUrl, profiles: await this.services.profiles.list(apiUrl), force: false, views},
      {
        log: (text) => this.log(text),
        warn: (text) => this.warning(text),
        checkpoint: () => this.checkpoint(),
        note: (login) => this.trail?.note(login),
        changed: (change) => this.changed(change),
      },
    )
  }

  /** In such a folder no command would know where it is. */
  private async unbindFolders(apiUrl: string): Promise<void> {
    const {bindings} = this.services
    for (const {folder, api_url} of await bindings.list()) {
      if (api_url === apiUrl && (await bindings.remove(folder))) this.say(`${folder} is bound to it no longer.`)
    }
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
      currentUrl: current?.api_url ?? environments.defaultUrl,
    })
  }
}
