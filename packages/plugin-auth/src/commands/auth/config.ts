import {outputFlag} from '../../base-command.js'
import {IdentityCommand} from '../../identity-command.js'
import {withProgress} from '../../progress.js'

/** As the Python llamactl prints it. */
export interface AuthConfigResult {
  environment: string
  profile: string | null
  project_id: string | null
  /** Null where the server does not tell. */
  project_name: string | null
}

export default class AuthConfig extends IdentityCommand<typeof AuthConfig> {
  static override summary = 'Show the environment, the profile and the project, as the Python llamactl does.'
  static override description = '`auth<%= config.topicSeparator %>status` says more.'
  static override examples = ['<%= config.bin %> <%= command.id %> -o json']
  static override hidden = true
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['config']
  static override flags = {...outputFlag}

  async run(): Promise<AuthConfigResult> {
    const {environment, who, project} = this.identity
    const {api_url: apiUrl} = environment.value
    if (who?.value.kind === 'profile' && !who.value.profile) await this.requireProfile()
    const asked = this.checkIdentity({offline: !project})
    const {projects} = await withProgress(`Asking ${apiUrl} for the project`, asked)
    const result = {
      environment: apiUrl,
      profile: who?.value.kind === 'profile' ? who.value.name : null,
      project_id: project?.value ?? null,
      project_name: projects?.find(({project_id}) => project_id === project?.value)?.project_name ?? null,
    }
    await this.print(result, () =>
      [
        `Environment: ${result.environment}`,
        `Profile: ${result.profile ?? '-'}`,
        `Project: ${[result.project_id ?? '-', result.project_name].filter(Boolean).join(' ')}`,
      ].join('\n'),
    )
    return result
  }
}
