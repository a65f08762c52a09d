import {Args, Flags} from '@oclif/core'
import {BaseCommand, interactiveFlag} from '../../base-command.js'
import {AuthError, suggest} from '../../errors.js'
import type {FolderBinding} from '../../identity/folder-binding-store.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {chooseProfile, profileNotFound} from '../../profiles/choose-profile.js'
import type {Profile} from '../../profiles/profile.js'
import {askProfile} from '../../prompts/ask-profile.js'
import {printable} from '../../untrusted/printable.js'

/** With `--here` the folder as well; with `--unset` the folder alone. */
export type AuthSwitchResult = (ProfileView & {folder?: string}) | {folder: string; was_bound: boolean}

export default class AuthSwitch extends BaseCommand<typeof AuthSwitch> {
  static override isRecorded = true
  static override takesBaseUrl = ['known'] as const
  static override summary = 'Make a profile the current one of its environment, or that of this folder.'
  static override description = `Each environment has a current profile of its own. No server and no keychain is asked.

With --here the profile is used in this folder and in those below it, whatever is current elsewhere; of several such folders \
the nearest one counts. That is kept in your configuration, not in the folder, by the name of the profile.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ada@example.com',
    '<%= config.bin %> <%= command.id %> work --environment https://api.cloud.eu.llamaindex.ai',
    '<%= config.bin %> <%= command.id %> work --here',
    '<%= config.bin %> <%= command.id %> --here --unset',
  ]
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['auth:use']
  static override args = {name: Args.string({name: 'NAME', description: 'Name of the profile. Asked for when absent.'})}
  static override flags = {
    here: Flags.boolean({description: 'Use the profile in this folder and those below it; leave the current one.'}),
    unset: Flags.boolean({description: 'With --here: bind this folder to no profile any longer.', dependsOn: ['here']}),
    ...interactiveFlag,
  }

  static completion = {args: {name: 'profile'}}

  /** Also in a folder that is bound to what is not there any more. */
  protected override async prepare(): Promise<void> {
    if (!this.flags.unset) await super.prepare()
  }

  /** A damaged binding is written anew here: it must not stand in its own way. */
  protected override async binding(): Promise<FolderBinding | undefined> {
    return this.flags.here ? this.orWarn(super.binding()) : super.binding()
  }

  async run(): Promise<AuthSwitchResult> {
    if (this.flags.unset) return this.unbind(this.folder())
    const profile = await this.chosen()
    return this.flags.here ? this.bind(profile, this.folder()) : this.makeCurrent(profile)
  }

  private async chosen(): Promise<Profile> {
    const {profiles, prompter} = this.services
    const {api_url: apiUrl} = this.environment
    const known = await profiles.list(apiUrl)
    const choice = chooseProfile(known, {name: this.args.name, apiUrl})
    if (choice.kind === 'chosen') return choice.profile
    return askProfile(prompter, {
      question: 'Which profile?',
      command: 'auth:switch',
      profiles: choice.candidates,
      current: await this.orWarn(profiles.current(apiUrl)),
    })
  }

  private async makeCurrent(profile: Profile): Promise<ProfileView> {
    const {api_url: apiUrl} = this.environment
    this.trail?.note({apiUrl, profile: profile.name})
    if (!(await this.services.profiles.switchTo(apiUrl, profile.id))) throw profileNotFound(profile.name, [], apiUrl)
    this.changed({change: 'switch', apiUrl, profile: profile.name})
    this.log(`Switched to profile ${profile.name} in ${apiUrl}.`)
    await this.sayWhatWins(profile)
    return viewProfile(profile, {apiUrl, active: true})
  }

  private async bind(profile: Profile, folder: string): Promise<ProfileView & {folder: string}> {
    const {bindings, profiles} = this.services
    const {api_url: apiUrl} = this.environment
    this.trail?.note({apiUrl, profile: profile.name, folder})
    await bindings.save({folder, api_url: apiUrl, profile: profile.name})
    this.changed({change: 'switch', apiUrl, profile: profile.name, folder})
    this.log(`${printable(folder)} and the folders below it use profile ${profile.name} in ${apiUrl}.`)
    await this.sayWhatWins(profile)
    const current = await this.orWarn(profiles.current(apiUrl))
    return {...viewProfile(profile, {apiUrl, active: profile.id === current?.id}), folder}
  }

  private async unbind(folder: string): Promise<{folder: string; was_bound: boolean}> {
    if (this.args.name !== undefined) throw new AuthError('USAGE', '--unset is about the folder; give no NAME.')
    this.trail?.note({apiUrl: null, profile: null, folder})
    const wasBound = await this.services.bindings.remove(folder)
    if (wasBound) this.changed({change: 'switch', apiUrl: null, profile: null, folder})
    const above = await this.binding()
    if (!wasBound && above) {
      throw new AuthError('USAGE', `${folder} is not bound itself: ${above.folder} is, to ${above.profile}.`, [
        suggest('auth:switch', '--here --unset', `in ${above.folder}, to bind that no longer`),
        suggest('auth:switch', 'NAME --here', 'to use another profile in this folder'),
      ])
    }

    this.log(`${printable(folder)} is bound to no profile${wasBound ? ' any longer' : ''}.`)
    if (above) this.say(`${above.folder} is, to ${above.profile}: that is used here now.`)
    return {folder, was_bound: wasBound}
  }

  private folder(): string {
    const folder = this.services.workingFolder()
    if (folder?.includes('\uFFFD')) {
      throw new AuthError('USAGE', 'The path of this folder is no UTF-8: another one may be spelled the same here.')
    }

    if (folder !== undefined) return folder
    throw new AuthError('USAGE', 'The folder in which this was started is not there any more.')
  }
}
