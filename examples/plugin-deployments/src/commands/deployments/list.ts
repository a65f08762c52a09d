import {AuthCommand} from '@llamactl/plugin-auth'
import {type Deployment, readDeployments} from '../../deployment.js'

export default class DeploymentsList extends AuthCommand<typeof DeploymentsList> {
  static override summary = 'List the deployments of a project.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --project-id prj-notes --json',
  ]

  async run(): Promise<Deployment[]> {
    const projectId = this.requireProjectId()
    const deployments = await this.client.request('/api/v1beta1/deployments', readDeployments)

    if (deployments.length === 0) this.say(`There is no deployment in project ${projectId} yet.`)
    for (const {name, status, git_ref} of deployments) this.log(`${name.padEnd(24)}  ${status.padEnd(8)}  ${git_ref}`)
    return deployments
  }
}
