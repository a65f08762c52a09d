import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {Organization, Project} from '../control-plane/replies.js'
import {AuthError} from '../errors.js'
import {chooseProject, offeredProjects, type ProjectChoice} from '../profiles/choose-project.js'

/**
 * What the server offers, chosen as far as it can be without asking: that of `orgId`, or without one, all organizations for a
 * named project and the default one for the offer. Rejects with `PROJECT_NOT_FOUND`,
 * `NO_PROJECTS`, or what the client throws.
 */
export async function selectProject(
  server: ControlPlaneClient,
  {projectId, orgId}: {projectId?: string | undefined; orgId?: string | undefined},
): Promise<Exclude<ProjectChoice<Project>, {kind: 'none'}>> {
  const [projects, organizations] = await Promise.all([
    server.projects(orgId),
    projectId === undefined && orgId === undefined ? server.organizations() : [],
  ])
  const choice = chooseProject(projects, {projectId, orgId: orgId ?? defaultOrganization(organizations)?.org_id})
  if (choice.kind === 'none') throw noProjects(orgId)
  return choice
}

/** What `selectProject` would offer. Empty where there is none. */
export async function offerProjects(server: ControlPlaneClient, orgId: string | undefined): Promise<Project[]> {
  const [projects, organizations] = await Promise.all([
    server.projects(orgId),
    orgId === undefined ? server.organizations() : [],
  ])
  return offeredProjects(projects, orgId ?? defaultOrganization(organizations)?.org_id)
}

const defaultOrganization = (organizations: Organization[]): Organization | undefined =>
  organizations.find((organization) => organization.is_default) ?? organizations[0]

const noProjects = (orgId?: string): AuthError =>
  orgId === undefined
    ? new AuthError('NO_PROJECTS', 'This account has no project yet.', [
        'Make one in the web application, then try again.',
      ])
    : new AuthError('NO_PROJECTS', `Organization ${orgId} has no project that this credential can see.`)
