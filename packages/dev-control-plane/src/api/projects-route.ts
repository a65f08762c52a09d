import type {Seed, SeedProject} from '../seed/seed.js'
import {requireUser} from './require-user.js'
import type {Route} from './route.js'

const path = '/api/v1beta1/deployments/list-projects'

/** Without `org_id`: every project the person can see. A server without organizations ignores it, and names none. */
export const projectsRoute = (seed: Seed, {organizations}: {organizations: boolean}): Route => ({
  method: 'GET',
  path,
  answer({bearer, query}) {
    const caller = requireUser(bearer)
    const only = caller.kind === 'api-key' ? caller.key.projectId : null
    const orgId = organizations ? query.get('org_id') : null
    const projects = seed.projects
      .filter(({org_id}) => caller.user.organizations.includes(org_id))
      .filter(({project_id}) => only === null || project_id === only)
      .filter(({org_id}) => orgId === null || org_id === orgId)
    return {status: 200, body: {projects: organizations ? projects : projects.map(withoutOrganization)}}
  },
})

/** The open-source server asks nobody who they are, and ignores `org_id`. */
export const openProjectsRoute = (seed: Seed): Route => ({
  method: 'GET',
  path,
  answer: () => ({status: 200, body: {projects: seed.projects.map((project) => ({...project, org_id: 'default'}))}}),
})

const withoutOrganization = ({
  project_id,
  project_name,
  deployment_count,
}: SeedProject): Omit<SeedProject, 'org_id'> => ({
  project_id,
  project_name,
  deployment_count,
})
