import {Flags} from '@oclif/core'
import {AuthCommand, interactiveFlag} from '../../auth-command.js'
import type {ControlPlaneClient} from '../../control-plane/control-plane-client.js'
import {AuthError, suggest} from '../../errors.js'
import {mintLogin, type MintLogin} from '../../login/mint-login.js'
import {selectProject} from '../../login/select-project.js'
import type {DeviceAuthorization, OidcClient, Tokens} from '../../oidc/index.js'
import {deviceCodeNotice} from '../../output/device-code-notice.js'
import {minutesAndSeconds} from '../../output/duration.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {projectList} from '../../profiles/choose-project.js'
import {askProject} from '../../prompts/ask-project.js'
import {startProgress, withProgress} from '../../progress.js'

export type AuthLoginResult = ProfileView

export default class AuthLogin extends AuthCommand<typeof AuthLogin> {
  static override summary = 'Log in with a browser, and make the profile current.'
  static override description = `Shows a page and a code. Once you have approved in a browser, on this computer or any other, an API key is made for this \
computer and kept in its keychain. Logging in again renews the profile.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --no-browser',
    '<%= config.bin %> <%= command.id %> --project-id 8f0e2c6a-project-id --json',
  ]
  static override flags = {
    'project-id': Flags.string({aliases: ['project'], description: 'Project to work in.', helpValue: 'ID'}),
    'no-browser': Flags.boolean({description: 'Do not open a browser here; only show the page and the code.'}),
    'insecure-storage': Flags.boolean({
      description: 'Keep the key in a plain file that only you can read, not in the keychain.',
    }),
    ...interactiveFlag,
  }

  async run(): Promise<AuthLoginResult> {
    const environment = await this.settledEnvironment()
    const {api_url: apiUrl} = environment
    if (!environment.requires_auth) throw noLoginNeeded(apiUrl)

    const store = await this.services.chooseStore({insecureStorage: this.flags['insecure-storage']})
    const {oidc, provider} = await withProgress(`Asking ${apiUrl} how to log in`, this.connect(apiUrl))
    const tokens = await this.approval(oidc, apiUrl)
    const {profile, person: asPerson} = await this.orRevoke(oidc, tokens, async () => {
      const server = await this.services.controlPlane(apiUrl, tokens.accessToken)
      const projectId = await this.projectId(server)
      const person = await this.person(oidc, server, tokens)
      const keyLabel = `${this.config.bin} on ${this.services.deviceName()}`
      const warn = (text: string) => this.warning(text)
      const profile = await this.cancellation.uninterrupted((checkpoint) =>
        mintLogin(
          {...this.services, server, oidc, checkpoint, warn},
          {environment, store, person, provider, projectId, refreshToken: tokens.refreshToken, keyLabel},
        ),
      )
      return {profile, person: {server, subject: person.subject, discoveryUrl: provider.discoveryUrl}}
    })
    await this.sweep(apiUrl, asPerson)

    const project = profile.project_id === null ? 'no project chosen' : `project ${profile.project_id}`
    this.log(`Logged in to ${apiUrl} as ${profile.name}, ${project}.`)
    return viewProfile(profile, {apiUrl, active: true})
  }

  private async connect(apiUrl: string) {
    const discovery = await (await this.services.controlPlane(apiUrl)).oidcDiscovery()
    const provider = {discoveryUrl: discovery.discovery_url, clientId: discovery.client_id}
    return {provider, oidc: await this.services.connectOidc({apiUrl, ...provider})}
  }

  /** RFC 8628: shows the code, opens the page, and polls until a person has decided. */
  private async approval(oidc: OidcClient, apiUrl: string): Promise<Tokens> {
    const authorization = await withProgress('Asking for a code', oidc.requestDeviceAuthorization())
    this.say(deviceCodeNotice(authorization, {isOpened: await this.open(authorization, [apiUrl, oidc.issuer])}))
    const progress = startProgress('Waiting for your approval', timeLeft(authorization.expires_in))
    const started = performance.now()
    const countdown = setInterval(() => {
      progress.update(timeLeft(authorization.expires_in - (performance.now() - started) / 1000))
    }, 1000)
    try {
      return await oidc.pollDeviceToken(authorization, {
        onEvent: (event) => {
          if (event.type === 'retry') this.say(`${event.reason} Trying again in ${event.nextPollIn} s.`)
        },
      })
    } finally {
      clearInterval(countdown)
      progress.stop()
    }
  }

  /** Opened by itself only when the page is on the host one is logging in to, or on that of its provider. */
  private async open(authorization: DeviceAuthorization, expected: string[]): Promise<boolean> {
    const page = new URL(authorization.verification_uri_complete ?? authorization.verification_uri)
    if (this.flags['no-browser']) return false
    if (!expected.some((url) => new URL(url).hostname === page.hostname)) {
      this.say(`The page is on ${page.host}: open it yourself if you know that host.\n`)
      return false
    }

    return this.services.openBrowser(page)
  }

  private async projectId(server: ControlPlaneClient): Promise<string | null> {
    const {prompter} = this.services
    const wanted = {projectId: this.flags['project-id']}
    const choice = await withProgress('Asking for your projects', selectProject(server, wanted))
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
      if (refreshToken) await oidc.revoke(refreshToken).catch(() => false)
      throw error
    }
  }
}

const timeLeft = (seconds: number): string => `${minutesAndSeconds(Math.max(0, seconds))} left`

const noLoginNeeded = (apiUrl: string): AuthError =>
  new AuthError('LOGIN_NOT_SUPPORTED', `${apiUrl} needs no login.`, [
    suggest('auth:token', '--project-id ID', 'to make a profile for a project there'),
  ])
