import {Flags} from '@oclif/core'
import {outputFlag} from '../../base-command.js'
import type {Environment} from '../../environments/environment.js'
import {explainIdentity, type Identity, type Shadows} from '../../identity/identity.js'
import {ignoredVariables} from '../../identity/ignored-variables.js'
import {IdentityCommand, projectFlag} from '../../identity-command.js'
import type {CheckedLogin} from '../../login/check-login.js'
import {statusText, type StatusView, viewStatus} from '../../output/status-view.js'
import {withProgress} from '../../progress.js'

export type AuthStatusResult = StatusView

export default class AuthStatus extends IdentityCommand<typeof AuthStatus> {
  static override summary = 'Show who you are here: environment, profile, project, and whether the credential works.'
  static override description = `Each value is shown with what named it (a flag, a variable, the folder, or what is current) and with what it hides. The \
credential is read, and tried by listing the projects it sees; --offline asks no server.

It exits with 0 only when the credential can be used: 4 when it is missing or was rejected, 5 when the keychain is locked, 1 when \
the server does not answer. Standard output is the same then. \`auth<%= config.topicSeparator %>whoami\` is another name of it.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --profile work --json',
    '<%= config.bin %> <%= command.id %> --offline',
  ]
  /** Not a second line in the help. */
  static override hiddenAliases = ['auth:whoami']
  static override flags = {
    offline: Flags.boolean({description: 'Ask no server. What cannot be told then is called unverified.'}),
    ...projectFlag,
    ...outputFlag,
  }

  declare protected identity: Identity & {shadows: Shadows}

  protected override async prepare(): Promise<void> {
    this.identity = await explainIdentity(this.services, this.given, (work) => this.orWarn(work))
    this.resolvedEnvironment = this.identity.environment
  }

  async run(): Promise<AuthStatusResult> {
    const {api_url: apiUrl} = this.environment
    const checked = await withProgress(
      `Asking ${apiUrl} about this credential`,
      this.checkIdentity({offline: this.flags.offline}),
    )
    const {expiresAt} = this
    const view = viewStatus(
      {...this.identity, environment: this.resolvedEnvironment, expiresAt},
      checked,
      ignoredVariables(this.given),
    )
    this.done = view
    await this.print(view, ([status]) => statusText(status ?? view))
    this.warnOfProject(view, checked)
    if (checked.failure) throw checked.failure
    return view
  }

  protected override async settledEnvironment(): Promise<Environment> {
    return this.flags.offline ? this.environment : super.settledEnvironment()
  }

  /** It is part of the status. */
  protected override sayWhichKeyDoesNotCount(): void {}

  private warnOfProject({project: {project_id: id, project_name: name}}: StatusView, {projects}: CheckedLogin): void {
    if (id === null || name !== null || !projects || !this.environment.requires_auth) return
    this.warning(`This credential does not see project ${id}. Choose another one: ${this.commandLine('auth:project')}`)
  }
}
