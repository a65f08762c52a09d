import {Args, Flags} from '@oclif/core'
import {AuthCommand, interactiveFlag} from '../../auth-command.js'
import {AuthError} from '../../errors.js'
import {logOut} from '../../login/log-out.js'
import {type LogoutView, viewLogout} from '../../output/logout-view.js'
import {chooseProfile} from '../../profiles/choose-profile.js'
import type {Profile} from '../../profiles/profile.js'
import {askProfile} from '../../prompts/ask-profile.js'
import {withProgress} from '../../progress.js'

export interface AuthLogoutResult {
  profiles: LogoutView[]
}

export default class AuthLogout extends AuthCommand<typeof AuthLogout> {
  static override summary = 'Log out: delete a profile, its secret, and what its login made at the server.'
  static override description = `A browser login minted an API key: it is deleted at the server, and the refresh token is revoked. An API key that was \
given to \`auth<%= config.topicSeparator %>token\` is forgotten here and goes on working; delete it in the web application.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ada@example.com',
    '<%= config.bin %> <%= command.id %> --all',
  ]
  static override args = {name: Args.string({name: 'NAME', description: 'Name of the profile. Asked for when absent.'})}
  static override flags = {
    all: Flags.boolean({description: 'Log out every profile of the environment.'}),
    force: Flags.boolean({
      description: 'Forget the profile even when its secret cannot be deleted; says where it is left.',
    }),
    ...interactiveFlag,
  }

  async run(): Promise<AuthLogoutResult> {
    const {api_url: apiUrl} = this.environment
    const views: LogoutView[] = []
    for (const profile of await this.chosen(apiUrl)) {
      const ended = logOut(this.services, {apiUrl, profile, force: this.flags.force})
      const removed = await withProgress(`Logging out ${profile.name}`, ended)
      for (const warning of removed.warnings) this.warning(warning)
      if (removed.deleted) this.log(`Logged out ${profile.name} from ${apiUrl}.`)
      views.push(viewLogout(removed, apiUrl))
    }

    if (this.flags.all) await this.sweepPendingLogins(apiUrl, {all: true})
    await this.sweep(apiUrl)
    return {profiles: views}
  }

  private async chosen(apiUrl: string): Promise<Profile[]> {
    const {profiles, prompter} = this.services
    const known = await profiles.list(apiUrl)
    if (this.flags.all) {
      if (this.args.name !== undefined) throw new AuthError('USAGE', 'Give either NAME or --all, not both.')
      if (known.length === 0) this.say(`No profiles in ${apiUrl}.`)
      return known
    }

    const choice = chooseProfile(known, {name: this.args.name, apiUrl})
    if (choice.kind === 'chosen') return [choice.profile]
    const current = await this.orWarn(profiles.current(apiUrl))
    return [
      await askProfile(prompter, {
        question: 'Log out which profile?',
        command: 'auth:logout',
        profiles: choice.candidates,
        current,
      }),
    ]
  }
}
