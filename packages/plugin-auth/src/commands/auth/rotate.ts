import {Args} from '@oclif/core'
import {AuthCommand} from '../../auth-command.js'
import {rotateKey} from '../../login/rotate-key.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {chooseProfile, noneCurrent} from '../../profiles/choose-profile.js'
import type {Profile} from '../../profiles/profile.js'
import {withProgress} from '../../progress.js'

export interface AuthRotateResult extends ProfileView {
  /** The key that the new one replaces. */
  old_api_key: {id: string; deleted: boolean}
}

export default class AuthRotate extends AuthCommand<typeof AuthRotate> {
  static override summary = 'Replace the API key of a browser login by a new one.'
  static override description = `The new key is made, tried and stored; only then the old one is deleted at the server. What fails on the way is undone, \
and the profile goes on working with the old key. No browser is needed. A key that was given to \
\`auth<%= config.topicSeparator %>token\` cannot be rotated: no server tells the id by which it could be deleted.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ada@example.com --json',
  ]
  static override args = {
    name: Args.string({name: 'NAME', description: 'Name of the profile. [default: the current one]'}),
  }
  static completion = {args: {name: 'profile'}}

  async run(): Promise<AuthRotateResult> {
    const {environment} = this
    const {api_url: apiUrl} = environment
    const profile = await this.chosen(apiUrl)
    const keyLabel = `${this.config.bin} on ${this.services.deviceName()}`
    const warn = (text: string): void => this.warning(text)
    const rotating = this.cancellation.uninterrupted((checkpoint) =>
      rotateKey({...this.services, checkpoint, warn}, {environment, profile, keyLabel}),
    )
    const {profile: rotated, oldKey, person} = await withProgress(`Making a new key for ${profile.name}`, rotating)
    await this.sweep(apiUrl, person)

    this.log(`Profile ${rotated.name} has a new API key, ${rotated.oidc?.api_key_id}.`)
    if (oldKey.isDeleted) this.log(`  API key ${oldKey.id}: deleted`)
    const current = await this.orWarn(this.services.profiles.current(apiUrl))
    const view = viewProfile(rotated, {apiUrl, active: current?.id === rotated.id})
    return {...view, old_api_key: {id: oldKey.id, deleted: oldKey.isDeleted}}
  }

  private async chosen(apiUrl: string): Promise<Profile> {
    const {profiles} = this.services
    const known = await profiles.list(apiUrl)
    if (this.args.name !== undefined) {
      const choice = chooseProfile(known, {name: this.args.name, apiUrl})
      if (choice.kind === 'chosen') return choice.profile
    }

    const current = await profiles.current(apiUrl)
    if (!current) throw noneCurrent(known, apiUrl)
    return current
  }
}
