import {Args, Flags} from '@oclif/core'
import {outputFlag} from '../../base-command.js'
import type {Project} from '../../control-plane/replies.js'
import {IdentityCommand} from '../../identity-command.js'
import {offerProjects} from '../../login/select-project.js'
import {table} from '../../output/table.js'
import {requireProject} from '../../profiles/choose-project.js'
import {withProgress} from '../../progress.js'

/** `active`: the one that is used here. */
export type ProjectView = Project & {active: boolean}

/** One project where a PROJECT_ID was given. */
export type AuthProjectsResult = ProjectView[] | ProjectView

export default class AuthProjects extends IdentityCommand<typeof AuthProjects> {
  static override summary = 'List the projects to choose from.'
  static override description =
    'Those of your default organization; --org names another one. The one that is used here is marked with *. With PROJECT_ID, -o json and yaml print that project alone, whichever organization it is in.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --org my-organization-id -o json',
    '<%= config.bin %> <%= command.id %> --profile work',
  ]
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['projects:get']
  static override args = {project_id: Args.string({name: 'PROJECT_ID', description: 'Only this project.'})}
  static override flags = {
    org: Flags.string({description: 'List the projects of this organization.', helpValue: 'ID'}),
    ...outputFlag,
  }
  static completion = {args: {project_id: 'project'}, flags: {org: 'organization'}}

  async run(): Promise<AuthProjectsResult> {
    const {apiKey, environment, projectId} = await this.requireIdentity()
    const server = await this.services.controlPlane(environment.api_url, apiKey)
    const view = (project: Project): ProjectView => ({...project, active: project.project_id === projectId})
    const {project_id: wanted} = this.args
    const {org: orgId} = this.flags
    if (wanted !== undefined) {
      const projects = await withProgress('Asking for the project', server.projects(orgId))
      const one = view(requireProject(projects, wanted))
      await this.print(one, projectTable)
      return one
    }

    const views = (await withProgress('Asking for your projects', offerProjects(server, orgId))).map(view)
    if (views.length === 0) this.say('There is no project yet. Make one in the web application.')
    await this.print(views, projectTable)
    return views
  }
}

const projectTable = (views: ProjectView[]): string =>
  table(
    [' ', 'NAME', 'PROJECT_ID', 'DEPLOYMENTS', 'ORG_ID'],
    views.map(({active, project_name, project_id, deployment_count, org_id}) => [
      active ? '*' : ' ',
      project_name,
      project_id,
      String(deployment_count),
      org_id,
    ]),
  )
