import {Args} from '@oclif/core'
import {outputFlag} from '../../../base-command.js'
import {EnvCommand} from '../../../env-command.js'
import type {Environment} from '../../../environments/environment.js'
import type {EnvironmentStore} from '../../../environments/environment-store.js'
import {requireEnvironment} from '../../../environments/require-environment.js'
import {type EnvironmentView, viewEnvironment} from '../../../output/environment-view.js'
import {table} from '../../../output/table.js'

/** One environment where an API_URL was given. */
export type AuthEnvListResult = EnvironmentView[] | EnvironmentView

export default class AuthEnvList extends EnvCommand<typeof AuthEnvList> {
  static override summary = 'List the known environments.'
  static override description =
    'An environment is one control plane, known by its URL. The current one is marked with *. No server is asked. With API_URL, -o json and yaml print that environment alone.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -o yaml']
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['environments:get']
  static override args = {api_url: Args.string({name: 'API_URL', description: 'Only this environment.'})}
  static override flags = {...outputFlag}
  static completion = {args: {api_url: 'environment'}}

  async run(): Promise<AuthEnvListResult> {
    const {environments} = this.services
    const currentUrl = await this.orWarn(currentUrlOf(environments))
    const {api_url: url} = this.args
    const one = url === undefined ? undefined : await requireEnvironment(environments, url)
    const listed = one ? [one] : await environments.list()
    const view = (environment: Environment): EnvironmentView =>
      viewEnvironment(environment, {active: environment.api_url === currentUrl})
    const result = one ? view(one) : listed.map(view)

    await this.print(result, () => environmentTable(listed, currentUrl))
    await this.sayWhichWins(currentUrl)
    return result
  }
}

/** Where that is damaged none is known to be the current one, not even the default. */
const currentUrlOf = async (environments: EnvironmentStore): Promise<string> =>
  (await environments.current())?.api_url ?? environments.defaultUrl

const environmentTable = (environments: Environment[], currentUrl: string | undefined): string =>
  table(
    [' ', 'API_URL', 'LOGIN', 'MIN_VERSION', ''],
    environments.map(({api_url, requires_auth, min_llamactl_version, allow_http}) => [
      api_url === currentUrl ? '*' : ' ',
      api_url,
      requires_auth ? 'required' : 'not required',
      min_llamactl_version ?? '-',
      allow_http ? 'in clear (http)' : '',
    ]),
  )
