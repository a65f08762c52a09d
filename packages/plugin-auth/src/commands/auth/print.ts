import {Flags} from '@oclif/core'
import {interactiveFlag} from '../../base-command.js'
import {AuthError, suggest} from '../../errors.js'
import {programVariables} from '../../identity/program-variables.js'
import {IdentityCommand, projectFlag, type UsableIdentity} from '../../identity-command.js'
import {requireAccessToken} from '../../login/access-token.js'
import {exportLine} from '../../output/export-line.js'
import {withProgress} from '../../progress.js'
import type {Secret} from '../../secret.js'

export interface AuthPrintResult {
  /** The API key, or with `--access-token` an access token: the server takes both. */
  credential: string
  kind: 'api_key' | 'access_token'
  api_url: string
  project_id: string | null
  /** Null for a key in a variable. */
  profile: string | null
  /** Null where it does not expire, or nobody said when. */
  expires_at: string | null
}

interface Printed {
  secret: Secret
  kind: AuthPrintResult['kind']
  expiresAt: string | null
}

export default class AuthPrint extends IdentityCommand<typeof AuthPrint> {
  static override summary = 'Print the credential, for a script.'
  static override description = `The only command that reveals one. Standard output has it alone; on a terminal you are warned and asked before. Where the \
script only starts another program, \`auth<%= config.topicSeparator %>exec\` hands it over without showing it.

With --access-token a browser login gives a short-lived access token in place of its API key: it is good for minutes, and of many \
processes that ask at once one alone asks the identity provider.`
  static override examples = [
    {
      description: 'Ask the control plane yourself',
      command:
        '<%= config.bin %> <%= command.id %> --format header | curl -H @- https://api.cloud.llamaindex.ai/api/v1/projects',
    },
    {
      description: 'Set the variables in this shell',
      command: 'eval "$(<%= config.bin %> <%= command.id %> --format env)"',
    },
    '<%= config.bin %> <%= command.id %> --access-token --json',
  ]
  static override flags = {
    format: Flags.option({
      description: 'The bare credential if absent; env: export lines for a shell; header: for curl; json: as --json.',
      options: ['env', 'json', 'header'] as const,
    })(),
    'access-token': Flags.boolean({description: 'Print a short-lived access token of a browser login instead.'}),
    yes: Flags.boolean({char: 'y', description: 'Do not ask before it is shown on a terminal.'}),
    ...projectFlag,
    ...interactiveFlag,
  }

  async run(): Promise<AuthPrintResult> {
    await this.warnOfTerminal()
    const identity = await this.requireIdentity()
    const {secret, kind, expiresAt} = this.flags['access-token'] ? await this.accessToken(identity) : keyOf(identity)
    const {environment, profile, projectId} = identity
    const {api_url: apiUrl} = environment
    this.log(this.text(secret, {apiUrl, projectId}))
    return {
      credential: secret.reveal(),
      kind,
      api_url: apiUrl,
      project_id: projectId,
      profile: profile?.name ?? null,
      expires_at: expiresAt,
    }
  }

  override jsonEnabled(): boolean {
    return super.jsonEnabled() || (this.flags as {format?: string} | undefined)?.format === 'json'
  }

  private async warnOfTerminal(): Promise<void> {
    if (!process.stdout.isTTY) return
    this.warning('This shows a secret on your screen. Whoever sees it, or what scrolled past, can use it.')
    const {prompter} = this.services
    if (!prompter.interactive || this.flags.yes) return
    if (!(await prompter.confirm('Show it?', {initial: false}))) throw new AuthError('CANCELLED', 'Cancelled.')
  }

  private async accessToken({environment, profile}: UsableIdentity): Promise<Printed> {
    if (!profile) throw new AuthError('USAGE', 'A key in a variable is no browser login: it has no access token.')
    const warn = (text: string): void => this.warning(text)
    const asked = this.cancellation.uninterrupted((checkpoint) =>
      requireAccessToken({...this.services, checkpoint, warn}, environment.api_url, profile),
    )
    const {token, expiresAt} = await withProgress(`Asking for an access token for ${profile.name}`, asked)
    return {secret: token, kind: 'access_token', expiresAt: expiresAt?.toISOString() ?? null}
  }

  private text(secret: Secret, place: {apiUrl: string; projectId: string | null}): string {
    if (this.flags.format === 'header') return `Authorization: Bearer ${secret.reveal()}`
    if (this.flags.format !== 'env') return secret.reveal()
    return (
      Object.entries(programVariables(this.variables.names, {...place, apiKey: secret}))
        // What the shell has under that name belongs to somebody else.
        .map(([name, value]) => (value === null ? `unset ${name}` : exportLine(name, value)))
        .join('\n')
    )
  }
}

function keyOf({apiKey, environment, expiresAt}: UsableIdentity): Printed {
  if (apiKey) return {secret: apiKey, kind: 'api_key', expiresAt}
  throw new AuthError('NOT_LOGGED_IN', `${environment.api_url} requires no login: there is no credential to print.`, [
    suggest('auth:status', '', 'to see what is used'),
  ])
}
