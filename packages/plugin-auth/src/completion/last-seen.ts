import type {ControlPlaneClient} from '../control-plane/control-plane-client.js'
import type {Organization, Project} from '../control-plane/replies.js'
import type {Folder} from '../storage/folder.js'
import {isShowable} from '../untrusted/clean-text.js'

export type SeenProject = Pick<Project, 'project_id' | 'project_name' | 'org_id'>
export type SeenOrganization = Pick<Organization, 'org_id' | 'org_name'>

/** What a server last said of its projects and organizations, so that they can be completed without asking it. */
export interface LastSeen {
  projects(apiUrl: string): Promise<SeenProject[]>
  organizations(apiUrl: string): Promise<SeenOrganization[]>
  /** The same client, but what it lists is remembered. That this fails is never seen: nothing depends on it. */
  remembering(client: ControlPlaneClient, apiUrl: string): ControlPlaneClient
  /** Goes with the environment. That this fails is never seen either. */
  forget(apiUrl: string): Promise<void>
  /** Changes whenever what was seen does. */
  folderOf(apiUrl: string): Folder
}

export function createLastSeen(root: Folder, folderName: (apiUrl: string) => string): LastSeen {
  const folderOf = (apiUrl: string): Folder => root.folder(folderName(apiUrl))
  const projectsOf = (apiUrl: string) => folderOf(apiUrl).file('projects', {version: 1, parse: parseProjects})
  const organizationsOf = (apiUrl: string) =>
    folderOf(apiUrl).file('organizations', {version: 1, parse: parseOrganizations})

  async function rememberProjects(apiUrl: string, seen: Project[], orgId: string | undefined): Promise<void> {
    const file = projectsOf(apiUrl)
    const known = (await file.read())?.projects ?? []
    const others = orgId === undefined ? [] : known.filter(({org_id}) => org_id !== orgId)
    const now = seen.map(({project_id, project_name, org_id}) => ({project_id, project_name, org_id}))
    const projects = [...now, ...others].slice(0, MOST)
    if (JSON.stringify(projects) !== JSON.stringify(known)) await file.save({projects})
  }

  async function rememberOrganizations(apiUrl: string, seen: Organization[]): Promise<void> {
    const file = organizationsOf(apiUrl)
    const organizations = seen.map(({org_id, org_name}) => ({org_id, org_name})).slice(0, MOST)
    if (JSON.stringify(organizations) !== JSON.stringify((await file.read())?.organizations ?? [])) {
      await file.save({organizations})
    }
  }

  return {
    folderOf,
    projects: async (apiUrl) => (await projectsOf(apiUrl).read())?.projects ?? [],
    organizations: async (apiUrl) => (await organizationsOf(apiUrl).read())?.organizations ?? [],

    async forget(apiUrl) {
      for (const file of [projectsOf(apiUrl), organizationsOf(apiUrl)]) await file.remove().catch(() => false)
      await folderOf(apiUrl)
        .removeIfEmpty()
        .catch(() => false)
    },

    remembering: (client, apiUrl) => ({
      ...client,

      async projects(orgId) {
        const projects = await client.projects(orgId)
        await rememberProjects(apiUrl, projects, orgId).catch(() => undefined)
        return projects
      },

      async organizations() {
        const organizations = await client.organizations()
        await rememberOrganizations(apiUrl, organizations).catch(() => undefined)
        return organizations
      },
    }),
  }
}

/** A folder of its own in oclif's cache folder, which may be open to others. */
export const LAST_SEEN = 'last-seen'

/** A file of the storage holds 64 KiB. */
const MOST = 250

function parseProjects(value: Record<string, unknown>): {projects: SeenProject[]} {
  const projects = list(value, 'projects').map(({project_id, project_name, org_id}) => {
    if (!isShowable(project_id) || !isShowable(project_name) || !isShowable(org_id)) throw new Error('has no projects')
    return {project_id, project_name, org_id}
  })
  return {...value, projects}
}

function parseOrganizations(value: Record<string, unknown>): {organizations: SeenOrganization[]} {
  const organizations = list(value, 'organizations').map(({org_id, org_name}) => {
    if (!isShowable(org_id) || !isShowable(org_name)) throw new Error('has no organizations')
    return {org_id, org_name}
  })
  return {...value, organizations}
}

function list(value: Record<string, unknown>, key: string): Record<string, unknown>[] {
  const items = value[key]
  if (!Array.isArray(items)) throw new Error(`has no ${key}`)
  return items.map((item: unknown) => (typeof item === 'object' && item !== null ? {...item} : {}))
}
