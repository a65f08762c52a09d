import {Args, Flags} from '@oclif/core'
import {BaseCommand, interactiveFlag} from '../../base-command.js'
import {AuthError, suggest} from '../../errors.js'
import {logOutEach} from '../../log-out-each.js'
import {retryLeftovers, type RetriedLogout} from '../../login/retry-leftovers.js'
import {type LogoutView, viewRetriedLogout} from '../../output/logout-view.js'
import {chooseProfile} from '../../profiles/choose-profile.js'
import type {Profile} from '../../profiles/profile.js'
import {askProfile} from '../../prompts/ask-profile.js'
import {withProgress} from '../../progress.js'

export interface AuthLogoutResult {
  profiles: LogoutView[]
}

export default class AuthLogout extends BaseCommand<typeof AuthLogout> {
  static override isRecorded = true
  static override takesBaseUrl = ['known'] as const
  static override summary = 'Log out: delete a profile, its secret, and what its login made at the server.'
  static override description = `A browser login minted an API key: it is deleted at the server, the refresh token is revoked, and then both are deleted \
here. A key that the server could not be asked to delete is remembered by its id, without its secret, and deleted at your \
next browser login; --retry tries before that with what is there, which is API keys of the same person. An API key that was given to \`auth<%= config.topicSeparator %>token\` is forgotten here and goes on working; delete it in the web application.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ada@example.com',
    '<%= config.bin %> <%= command.id %> --all',
    '<%= config.bin %> <%= command.id %> --retry',
  ]
  static override args = {name: Args.string({name: 'NAME', description: 'Name of the profile. Asked for when absent.'})}
  static override flags = {
    all: Flags.boolean({description: 'Log out every profile of the environment.'}),
    force: Flags.boolean({
      description:
        'Forget the profile even when its secret cannot be deleted; says where it is left. With --retry: forget what is still left at the server.',
    }),
    retry: Flags.boolean({
      description: 'End at the server what earlier logouts could not.',
      exclusive: ['all'],
    }),
    ...interactiveFlag,
  }
  static completion = {args: {name: 'profile'}}

  async run(): Promise<AuthLogoutResult> {
    const {api_url: apiUrl} = this.environment
    if (this.flags.retry) return this.retry(apiUrl)
    await this.sweep(apiUrl)
    const profiles = await this.chosen(apiUrl)
    const views: LogoutView[] = []
    this.done = {profiles: views}
    if (this.flags.all) await this.sweepPendingLogins(apiUrl, {all: true})
    await logOutEach(
      this.services,
      {apiUrl, profiles, force: this.flags.force, views},
      {
        log: (text) => this.log(text),
        warn: (text) => this.warning(text),
        checkpoint: () => this.checkpoint(),
        note: (login) => this.trail?.note(login),
        changed: (change) => this.changed(change),
      },
    )
    await this.sayWhatIsBound(views)
    await this.sayWhatWins(await this.orWarn(this.services.profiles.current(apiUrl)))
    return {profiles: views}
  }

  /** A folder waits for the same person to come back. */
  private async sayWhatIsBound(views: LogoutView[]): Promise<void> {
    const bound = (await this.orWarn(this.services.bindings.list())) ?? []
    for (const {folder, profile, api_url} of bound) {
      const isGone = views.some((view) => view.deleted && view.name === profile && view.api_url === api_url)
      const unset = this.commandLine('auth:switch', '--here --unset')
      if (isGone) this.say(`${folder} is still bound to ${profile}. To bind it no longer, there: ${unset}`)
    }
  }

  private async retry(apiUrl: string): Promise<AuthLogoutResult> {
    if (this.args.name !== undefined) throw new AuthError('USAGE', '--retry is for all that is left; give no NAME.')
    const ports = {...this.services, person: undefined}
    const results = await withProgress(`Asking ${apiUrl} again`, retryLeftovers(ports, apiUrl))
    if (results.length === 0) this.say(`No earlier logout has left anything in ${apiUrl}.`)
    const views = results.map((result) => viewRetriedLogout(result, apiUrl))
    this.done = {profiles: views}
    for (const {login, isDone, left, failure} of results) {
      const result = isDone ? 'done' : (failure?.code ?? 'NOT_LOGGED_IN')
      this.trail?.note({apiUrl, profile: login.name, result})
      if (isDone) this.log(`Ended what was left of ${login.name}${keyOf(login)}.`)
      for (const text of left) this.warning(text)
      if (!isDone && this.flags.force) {
        await this.services.leftovers.drop(apiUrl, {login})
        this.warning(`${login.name}${keyOf(login)} is forgotten here.`)
      }
    }

    const remaining = results.filter(({isDone}) => !isDone)
    if (remaining.length === 0 || this.flags.force) return {profiles: views}
    throw stillLeft(remaining, apiUrl)
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

const keyOf = ({oidc}: Profile): string => (oidc ? `, API key ${oidc.api_key_id}` : '')

const stillLeft = (remaining: RetriedLogout[], apiUrl: string): AuthError =>
  new AuthError(
    remaining.find(({failure}) => failure)?.failure?.code ?? 'NOT_LOGGED_IN',
    `${remaining.length === 1 ? 'One earlier logout is' : `${remaining.length} earlier logouts are`} not finished at ${apiUrl}.`,
    [
      suggest('auth:login', '', 'to log in as the same person, which finishes it'),
      suggest('auth:logout', '--retry --force', 'to forget it, once you have deleted the key in the web application'),
    ],
  )
