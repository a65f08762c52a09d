import type {Seed, SeedProject} from '../seed/seed.js'
import {ApiError} from './api-error.js'
import type {Bearer} from './bearer.js'
import {requireUser} from './require-user.js'
import type {Route} from './route.js'

const path = '/api/v1/projects'

/** The platform's own list, which LlamaCloud's SDKs ask for. */
export function platformProjectsRoutes({projects}: Seed): Route[] {
  const seenBy = (bearer: Bearer): SeedProject[] => {
    const caller = requireUser(bearer)
    const only = caller.kind === 'api-key' ? caller.key.projectId : null
    return projects
      .filter(({org_id}) => caller.user.organizations.includes(org_id))
      .filter(({project_id}) => only === null || project_id === only)
  }

  return [
    {
      method: 'GET',
      path,
      answer({bearer, query}) {
        const [organization, name] = [query.get('organization_id'), query.get('project_name')]
        const body = seenBy(bearer)
          .filter(({org_id}) => organization === null || org_id === organization)
          .filter(({project_name}) => name === null || project_name === name)
          .map(describe)
        return {status: 200, body}
      },
    },
    {
      method: 'GET',
      path: `${path}/{id}`,
      answer({bearer, params}) {
        const project = seenBy(bearer).find(({project_id}) => project_id === params['id'])
        if (!project) throw new ApiError(404, 'Project not found')
        return {status: 200, body: describe(project)}
      },
    },
  ]

  function describe({project_id, project_name, org_id}: SeedProject) {
    return {
      id: project_id,
      name: project_name,
      organization_id: org_id,
      is_default: project_id === projects.find((other) => other.org_id === org_id)?.project_id,
      created_at: null,
      updated_at: null,
    }
  }
}
