import {AuthError} from '../errors.js'

/** What choosing needs to know of a project. */
interface Candidate {
  project_id: string
  project_name: string
  org_id: string
}

/** One project, the ones to ask about, or none to choose from. */
export type ProjectChoice<P> = {kind: 'chosen'; project: P} | {kind: 'ask'; candidates: P[]} | {kind: 'none'}

/**
 * A named project may be in any organization. Unnamed, the offer is of one organization, and where that has none, of
 * all; a single offer is taken. Throws `PROJECT_NOT_FOUND`.
 */
export function chooseProject<P extends Candidate>(
  projects: P[],
  {projectId, orgId}: {projectId?: string | undefined; orgId?: string | undefined},
): ProjectChoice<P> {
  if (projectId !== undefined) return {kind: 'chosen', project: requireProject(projects, projectId)}
  const candidates = offeredProjects(projects, orgId)
  const [first] = candidates
  if (!first) return {kind: 'none'}
  return candidates.length === 1 ? {kind: 'chosen', project: first} : {kind: 'ask', candidates}
}

/** Throws `PROJECT_NOT_FOUND`, naming some that there are. */
export function requireProject<P extends Candidate>(projects: P[], projectId: string): P {
  const project = projects.find((candidate) => candidate.project_id === projectId)
  if (project) return project
  throw projectNotFound(projectId, projects)
}

/** Those of one organization, and where that has none, of all. */
export function offeredProjects<P extends Candidate>(projects: P[], orgId: string | undefined): P[] {
  const ofOrganization = projects.filter((project) => project.org_id === orgId)
  return ofOrganization.length > 0 ? ofOrganization : projects
}

/** As a person tells projects apart: the first few, with their names. */
export function projectList(projects: Candidate[]): string[] {
  const lines = projects.slice(0, MOST_LISTED).map(({project_id, project_name}) => `${project_id}  ${project_name}`)
  return projects.length > MOST_LISTED ? [...lines, `… and ${projects.length - MOST_LISTED} more`] : lines
}

const MOST_LISTED = 20

const projectNotFound = (projectId: string, projects: Candidate[]): AuthError =>
  new AuthError(
    'PROJECT_NOT_FOUND',
    `There is no project ${projectId} that this credential can see.`,
    projects.length > 0 ? ['The projects it can see:', ...projectList(projects)] : ['It can see no project at all.'],
  )
