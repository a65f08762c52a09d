import {outputFlag} from '../../../auth-command.js'
import {EnvCommand} from '../../../env-command.js'
import {DEFAULT_API_URL} from '../../../environments/api-url.js'
import type {Environment} from '../../../environments/environment.js'
import type {EnvironmentStore} from '../../../environments/environment-store.js'
import {type EnvironmentView, viewEnvironment} from '../../../output/environment-view.js'
import {table} from '../../../output/table.js'

export type AuthEnvListResult = EnvironmentView[]

export default class AuthEnvList extends EnvCommand<typeof AuthEnvList> {
  static override summary = 'List the known environments.'
  static override description =
    'An environment is one control plane, known by its URL. The current one is marked with *. No server is asked.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -o yaml']
  static override flags = {...outputFlag}

  async run(): Promise<AuthEnvListResult> {
    const {environments} = this.services
    const currentUrl = await this.orWarn(currentUrlOf(environments))
    const known = await environments.list()
    const views = known.map((environment) => viewEnvironment(environment, {active: environment.api_url === currentUrl}))

    await this.print(views, () => environmentTable(known, currentUrl))
    await this.sayWhichWins(currentUrl)
    return views
  }
}

/** Where that is damaged none is known to be the current one, not even the default. */
const currentUrlOf = async (environments: EnvironmentStore): Promise<string> =>
  (await environments.current())?.api_url ?? DEFAULT_API_URL

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
