import {outputFlag} from '../../base-command.js'
import type {Organization} from '../../control-plane/replies.js'
import {IdentityCommand} from '../../identity-command.js'
import {table} from '../../output/table.js'
import {withProgress} from '../../progress.js'

/** `active`: the project that is used here belongs to it. */
export type OrganizationView = Organization & {active: boolean}

export type AuthOrganizationsResult = OrganizationView[]

export default class AuthOrganizations extends IdentityCommand<typeof AuthOrganizations> {
  static override summary = 'List the organizations you can see.'
  static override description =
    'The one of the project that is used here is marked with *. To choose among the projects of one: `auth<%= config.topicSeparator %>project --org ID`.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -o json']
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['organizations:get']
  static override flags = {...outputFlag}

  async run(): Promise<AuthOrganizationsResult> {
    const {apiKey, environment, projectId} = await this.requireIdentity()
    const server = await this.services.controlPlane(environment.api_url, apiKey)
    const asked = Promise.all([server.organizations(), server.projects()])
    const [organizations, projects] = await withProgress('Asking for your organizations', asked)
    const current = projects.find(({project_id}) => project_id === projectId)
    const views = organizations.map((organization) => ({
      ...organization,
      active: organization.org_id === current?.org_id,
    }))
    if (views.length === 0) this.say(`${environment.api_url} knows no organizations.`)
    await this.print(views, organizationTable)
    return views
  }
}

const organizationTable = (views: OrganizationView[]): string =>
  table(
    [' ', 'NAME', 'ORG_ID', 'DEFAULT'],
    views.map(({active, org_name, org_id, is_default}) => [
      active ? '*' : ' ',
      org_name,
      org_id,
      is_default ? 'yes' : 'no',
    ]),
  )
