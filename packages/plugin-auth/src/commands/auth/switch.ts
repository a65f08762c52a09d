import {Args} from '@oclif/core'
import {AuthCommand, interactiveFlag} from '../../auth-command.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {chooseProfile, profileNotFound} from '../../profiles/choose-profile.js'
import {askProfile} from '../../prompts/ask-profile.js'

export type AuthSwitchResult = ProfileView

export default class AuthSwitch extends AuthCommand<typeof AuthSwitch> {
  static override summary = 'Make a profile the current one of its environment.'
  static override description = 'Each environment has a current profile of its own. No server and no keychain is asked.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ada@example.com',
    '<%= config.bin %> <%= command.id %> work --environment https://api.cloud.eu.llamaindex.ai',
  ]
  static override args = {name: Args.string({name: 'NAME', description: 'Name of the profile. Asked for when absent.'})}
  static override flags = {...interactiveFlag}
  static completion = {args: {name: 'profile'}}

  async run(): Promise<AuthSwitchResult> {
    const {profiles, prompter} = this.services
    const {api_url: apiUrl} = this.environment
    const known = await profiles.list(apiUrl)
    const choice = chooseProfile(known, {name: this.args.name, apiUrl})
    const profile =
      choice.kind === 'chosen'
        ? choice.profile
        : await askProfile(prompter, {
            question: 'Which profile?',
            command: 'auth:switch',
            profiles: choice.candidates,
            current: await this.orWarn(profiles.current(apiUrl)),
          })
    if (!(await profiles.switchTo(apiUrl, profile.id))) throw profileNotFound(profile.name, [], apiUrl)

    this.log(`Switched to profile ${profile.name} in ${apiUrl}.`)
    return viewProfile(profile, {apiUrl, active: true})
  }
}
