import type {Seed, SeedProject} from '../seed/seed.js'
import {ApiError} from './api-error.js'
import {requireUser} from './require-user.js'
import type {Route, RouteContext} from './route.js'

const path = '/api/v1beta1/deployments'

/** As many as the project counts. Named by the query `project_id` or the header `project-id`. */
export const deploymentsRoute = (seed: Seed): Route => ({
  method: 'GET',
  path,
  answer(context) {
    const {bearer} = context
    const caller = requireUser(bearer)
    const only = caller.kind === 'api-key' ? caller.key.projectId : null
    const projects = seed.projects
      .filter(({org_id}) => caller.user.organizations.includes(org_id))
      .filter(({project_id}) => only === null || project_id === only)
    return list(projects, context)
  },
})

/** The open-source server asks nobody who they are. */
export const openDeploymentsRoute = ({projects}: Seed): Route => ({
  method: 'GET',
  path,
  answer: (context) => list(projects, context),
})

function list(projects: SeedProject[], {query, headers}: RouteContext) {
  const wanted = query.get('project_id') ?? headers['project-id']
  if (typeof wanted !== 'string') throw new ApiError(422, 'project_id is required')
  const project = projects.find(({project_id}) => project_id === wanted)
  if (!project) throw new ApiError(404, 'Project not found')
  return {
    status: 200,
    body: {deployments: Array.from({length: project.deployment_count}, (_, n) => describe(project, n))},
  }
}

function describe({project_id, project_name}: SeedProject, index: number) {
  const name = `${project_name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${index + 1}`
  return {
    id: name,
    name,
    project_id,
    repo_url: `https://git.example.com/${name}`,
    git_ref: 'main',
    status: index === 2 ? 'Pending' : 'Running',
  }
}
