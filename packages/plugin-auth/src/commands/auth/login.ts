import {Flags} from '@oclif/core'
import {BaseCommand, interactiveFlag} from '../../base-command.js'
import type {ControlPlaneClient} from '../../control-plane/control-plane-client.js'
import type {Environment} from '../../environments/environment.js'
import {AuthError, suggest} from '../../errors.js'
import {endPendingLogin} from '../../login/end-pending-login.js'
import {showLogin, showWebLogin} from '../../login-screen.js'
import {mintLogin, type MintLogin} from '../../login/mint-login.js'
import {resumeLogin} from '../../login/resume-login.js'
import {selectProject} from '../../login/select-project.js'
import {startLogin, type StartLogin} from '../../login/start-login.js'
import type {DeviceAuthorization, OidcClient, PollEvent, Tokens} from '../../oidc/index.js'
import {deviceCodeNotice} from '../../output/device-code-notice.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {type StartedLoginView, viewStartedLogin} from '../../output/started-login-view.js'
import {projectList} from '../../profiles/choose-project.js'
import {askProject} from '../../prompts/ask-project.js'
import {startCountdown, withProgress} from '../../progress.js'

export type AuthLoginResult = ProfileView | StartedLoginView

/** Everything that a login needs once a person has approved it. */
interface ApprovedLogin extends Pick<MintLogin, 'environment' | 'store' | 'provider'> {
  oidc: OidcClient
  tokens: Tokens
  wantedProject: string | undefined
  /** Done before the tokens are used. */
  before?(): Promise<void>
}

export default class AuthLogin extends BaseCommand<typeof AuthLogin> {
  static override isRecorded = true
  static override takesBaseUrl = ['known', 'new'] as const
  static override summary = 'Log in with a browser, and make the profile current.'
  static override description = `Shows a page and a code. Once you have approved in a browser, on this computer or any other, an API key is made for this \
computer and kept in its keychain. Logging in again renews the profile.

Where nobody can wait at a terminal, as for an agent or in CI, a login takes two steps: --start shows the page and the code and \
ends at once; --resume finishes it, or exits with 3 (LOGIN_PENDING) while nobody has approved yet.

Where your organization forbids logging in with a code, --web logs in by a browser on this computer, which comes back by itself.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --no-browser',
    '<%= config.bin %> <%= command.id %> --web',
    '<%= config.bin %> <%= command.id %> --project-id 8f0e2c6a-project-id --json',
    '<%= config.bin %> <%= command.id %> --start --json',
    '<%= config.bin %> <%= command.id %> --resume 0b9f5c6e-resume-id --wait --json',
  ]
  static override flags = {
    'project-id': Flags.string({aliases: ['project'], description: 'Project to work in.', helpValue: 'ID'}),
    web: Flags.boolean({
      description: 'Log in by a browser on this computer, without a code.',
      exclusive: ['start', 'resume', 'wait', 'qr'],
    }),
    'no-browser': Flags.boolean({description: 'Do not open a browser here; only show the page and the code.'}),
    qr: Flags.boolean({description: 'Show the page as a QR code as well, for a telephone.'}),
    'insecure-storage': Flags.boolean({
      description: 'Keep the key in a plain file that only you can read, not in the keychain.',
    }),
    start: Flags.boolean({
      description: 'Only show the page and the code; --resume finishes the login.',
      exclusive: ['resume', 'wait', 'qr'],
    }),
    resume: Flags.string({
      description: 'Finish the login that --start began.',
      helpValue: 'ID',
      exclusive: ['insecure-storage'],
    }),
    wait: Flags.boolean({
      description: 'With --resume: wait until a person has decided, instead of asking once.',
      dependsOn: ['resume'],
    }),
    ...interactiveFlag,
  }
  static completion = {flags: {'project-id': 'project'}, suggestsInstalling: true}

  async run(): Promise<AuthLoginResult> {
    const environment = await this.settledEnvironment()
    const {api_url: apiUrl} = environment
    if (!environment.requires_auth) throw noLoginNeeded(apiUrl)

    if (this.flags.resume !== undefined) return this.resume(environment, this.flags.resume)

    const {product} = this.host
    if (product !== undefined) this.say(`Logging in to ${product}, ${apiUrl}.`)

    const store = await this.services.chooseStore({insecureStorage: this.flags['insecure-storage']})
    const {oidc, provider} = await withProgress(`Asking ${apiUrl} how to log in`, this.connect(apiUrl))
    const approved = {environment, store, oidc, provider, wantedProject: this.flags['project-id']}
    if (!this.flags.start) oidc.fetchKeysEarly()
    if (this.flags.web) return this.finish({...approved, tokens: await this.webApproval(oidc, apiUrl)})

    const authorization = await withProgress('Asking for a code', oidc.requestDeviceAuthorization())
    if (this.flags.start)
      return this.start({apiUrl, store, provider, authorization, projectId: this.flags['project-id']})

    const tokens = await this.approval(oidc, authorization, apiUrl)
    return this.finish({...approved, tokens})
  }

  /** The first of two steps. Never opens a browser: there may be nobody here. */
  private async start(login: StartLogin): Promise<StartedLoginView> {
    await this.sweepPendingLogins(login.apiUrl)
    const pending = await startLogin(this.services.pendingLogins, login)
    this.trail?.drop()
    this.log(deviceCodeNotice(login.authorization, {isOpened: false}))
    this.log(`Then finish the login with:\n\n    ${this.commandLine('auth:login', this.resumeArguments(pending.id))}`)
    return viewStartedLogin(pending, login.authorization)
  }

  private async resume(environment: Environment, id: string): Promise<ProfileView> {
    const {api_url: apiUrl} = environment
    const {wait} = this.flags
    let countdown: ReturnType<typeof startCountdown> | undefined
    const polled = resumeLogin(this.services, {
      apiUrl,
      id,
      wait,
      again: this.resumeArguments(id),
      onPoll: (secondsLeft) => {
        if (wait) countdown = startCountdown('Waiting for your approval', secondsLeft)
      },
      onEvent: (event) => this.sayRetry(event),
    }).finally(() => countdown?.stop())
    const {pending, store, oidc, tokens} = await (wait ? polled : withProgress('Asking for the decision', polled))
    const provider = {discoveryUrl: pending.discovery_url, clientId: pending.client_id}
    return this.finish({
      ...{environment, store, oidc, provider, tokens},
      wantedProject: this.flags['project-id'] ?? pending.project_id ?? undefined,
      before: () => endPendingLogin(this.services, apiUrl, pending),
    })
  }

  private resumeArguments(id: string): string {
    const {source, value} = this.resolvedEnvironment
    const isHereOnly = source === 'flag' || source === 'binding'
    return `--resume ${id}${isHereOnly ? ` --environment ${value.api_url}` : ''}`
  }

  private async finish(login: ApprovedLogin): Promise<ProfileView> {
    const {environment, store, oidc, provider, tokens} = login
    const {api_url: apiUrl} = environment
    const known = await this.services.profiles.list(apiUrl)
    const {profile, person: asPerson} = await this.orRevoke(oidc, tokens, async () => {
      await login.before?.()
      const server = await this.services.controlPlane(apiUrl, tokens.accessToken)
      const projectId = await this.projectId(server, login.wantedProject)
      const person = await withProgress('Asking who you are', this.person(oidc, server, tokens))
      const keyLabel = `${this.config.bin} on ${this.services.deviceName()}`
      const warn = (text: string) => this.warning(text)
      const profile = await this.cancellation.uninterrupted((checkpoint) =>
        withProgress(
          'Making an API key for this computer',
          mintLogin(
            {...this.services, server, oidc, checkpoint, warn},
            {environment, store, person, provider, projectId, refreshToken: tokens.refreshToken, keyLabel},
          ),
        ),
      )
      return {profile, person: {server, subject: person.subject, discoveryUrl: provider.discoveryUrl}}
    })
    this.trail?.note({apiUrl, profile: profile.name, result: 'done'})
    this.changed({change: 'login', apiUrl, profile: profile.name})
    await this.followName(known, profile)
    await this.sweep(apiUrl, asPerson)

    const project = profile.project_id === null ? 'no project chosen' : `project ${profile.project_id}`
    this.log(`Logged in to ${apiUrl} as ${profile.name}, ${project}.`)
    await this.sayWhatWins(profile)
    return viewProfile(profile, {apiUrl, active: true})
  }

  private async connect(apiUrl: string) {
    const discovery = await (await this.services.controlPlane(apiUrl)).oidcDiscovery()
    const provider = {discoveryUrl: discovery.discovery_url, clientId: discovery.client_id}
    return {provider, oidc: await this.services.connectOidc({apiUrl, ...provider})}
  }

  /** RFC 8628: shows the code, opens the page, and polls until a person has decided. */
  private async approval(oidc: OidcClient, authorization: DeviceAuthorization, apiUrl: string): Promise<Tokens> {
    const shown = await showLogin({...this.screen(oidc, apiUrl), qr: this.flags.qr}, authorization)
    try {
      return await oidc.pollDeviceToken(authorization, {onEvent: (event) => this.sayRetry(event)})
    } finally {
      shown.stop()
    }
  }

  /** RFC 8252: opens the page, and waits until the browser comes back to this computer. */
  private async webApproval(oidc: OidcClient, apiUrl: string): Promise<Tokens> {
    const {environment} = this.flags
    const otherWay = this.commandLine('auth:login', environment === undefined ? '' : `--environment ${apiUrl}`)
    let shown: {stop(): void} | undefined
    try {
      return await oidc.authorizeInBrowser({
        show: async (page, secondsLeft) => {
          shown = await showWebLogin({...this.screen(oidc, apiUrl), otherWay}, page, secondsLeft)
        },
      })
    } finally {
      shown?.stop()
    }
  }

  private screen(oidc: OidcClient, apiUrl: string) {
    return {
      services: this.services,
      say: (text: string) => this.draw(text),
      apiUrl,
      issuer: oidc.issuer,
      noBrowser: this.flags['no-browser'],
    }
  }

  private sayRetry({type, reason, nextPollIn}: PollEvent): void {
    if (type === 'retry') this.say(`${reason} Trying again in ${nextPollIn} s.`)
  }

  private async projectId(server: ControlPlaneClient, projectId: string | undefined): Promise<string | null> {
    const {prompter} = this.services
    const choice = await withProgress('Asking for your projects', selectProject(server, {projectId}))
    if (choice.kind === 'chosen') return choice.project.project_id
    if (prompter.interactive) return (await askProject(prompter, choice.candidates)).project_id
    this.warning(
      [
        `You can see ${choice.candidates.length} projects, and none was chosen. Choose one with: ${this.commandLine('auth:project', 'PROJECT_ID')}`,
        ...projectList(choice.candidates).map((line) => `  ${line}`),
      ].join('\n'),
    )
    return null
  }

  /** A provider may keep the e-mail address out of the ID token: then it, or else the control plane, is asked for it. */
  private async person(oidc: OidcClient, server: ControlPlaneClient, tokens: Tokens): Promise<MintLogin['person']> {
    const email = (await oidc.fetchEmail(tokens)) ?? (await server.me().catch(() => null))?.email
    return {subject: tokens.identity.subject, email: email ?? null}
  }

  /** A login that ends early leaves no refresh token behind. */
  private async orRevoke<R>(oidc: OidcClient, {refreshToken}: Tokens, work: () => Promise<R>): Promise<R> {
    try {
      return await work()
    } catch (error) {
      if (refreshToken) await withProgress('Ending the login', oidc.revoke(refreshToken)).catch(() => false)
      throw error
    }
  }
}

const noLoginNeeded = (apiUrl: string): AuthError =>
  new AuthError('LOGIN_NOT_SUPPORTED', `${apiUrl} needs no login.`, [
    suggest('auth:token', '--project-id ID', 'to make a profile for a project there'),
  ])
