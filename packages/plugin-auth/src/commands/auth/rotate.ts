import {Args} from '@oclif/core'
import {AuthError} from '../../errors.js'
import type {GivenIdentity} from '../../identity/identity.js'
import {rotateKey} from '../../login/rotate-key.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {ProfileCommand} from '../../profile-command.js'
import {withProgress} from '../../progress.js'

export interface AuthRotateResult extends ProfileView {
  /** The key that the new one replaces. */
  old_api_key: {id: string; deleted: boolean}
}

export default class AuthRotate extends ProfileCommand<typeof AuthRotate> {
  static override isRecorded = true
  static override summary = 'Replace the API key of a browser login by a new one.'
  static override description = `The new key is made, tried and stored; only then the old one is deleted at the server. What fails on the way is undone, \
and the profile goes on working with the old key. No browser is needed. A key that was given to \
\`auth<%= config.topicSeparator %>token\` cannot be rotated: no server tells the id by which it could be deleted.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ada@example.com --json',
  ]
  static override args = {
    name: Args.string({name: 'NAME', description: 'Name of the profile. [default: the one that is used here]'}),
  }
  static completion = {args: {name: 'profile'}}

  async run(): Promise<AuthRotateResult> {
    const {environment} = this
    const {api_url: apiUrl} = environment
    const profile = await this.requireProfile()
    this.trail?.note({apiUrl, profile: profile.name})
    const keyLabel = `${this.config.bin} on ${this.services.deviceName()}`
    const warn = (text: string): void => this.warning(text)
    const rotating = this.cancellation.uninterrupted((checkpoint) =>
      rotateKey({...this.services, checkpoint, warn}, {environment, profile, keyLabel}),
    )
    const {profile: rotated, oldKey, person} = await withProgress(`Making a new key for ${profile.name}`, rotating)
    this.changed({change: 'rotate', apiUrl, profile: rotated.name})
    await this.sweep(apiUrl, person)

    this.log(`Profile ${rotated.name} has a new API key, ${rotated.oidc?.api_key_id}.`)
    if (oldKey.isDeleted) this.log(`  API key ${oldKey.id}: deleted`)
    const current = await this.orWarn(this.services.profiles.current(apiUrl))
    const view = viewProfile(rotated, {apiUrl, active: current?.id === rotated.id})
    return {...view, old_api_key: {id: oldKey.id, deleted: oldKey.isDeleted}}
  }

  /** The argument and the flag are one thing. */
  protected override get given(): GivenIdentity {
    const given = super.given
    const {profile} = given.flags
    const {name = profile} = this.args
    if (profile !== undefined && profile !== name) throw new AuthError('USAGE', 'NAME and --profile name two profiles.')
    return {...given, flags: {...given.flags, profile: name}}
  }
}
