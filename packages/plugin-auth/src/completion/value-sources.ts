import type {ValueSources} from '@llamactl/plugin-completion'
import type {EnvironmentStore} from '../environments/environment-store.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import type {Folder} from '../storage/folder.js'
import type {LastSeen} from './last-seen.js'

export interface CompletionPorts {
  root: Folder
  environments: EnvironmentStore
  profiles: ProfileStore
  lastSeen: LastSeen
  folderName(apiUrl: string): string
}

/** What can be completed: of the current environment, because the line with another one in it is not read. */
export async function valueSources(ports: CompletionPorts): Promise<ValueSources> {
  const {root, environments, profiles, lastSeen, folderName} = ports
  const apiUrl = (await environments.current().catch(() => undefined))?.api_url ?? environments.defaultUrl
  const all = root.folder('environments')
  const environment = all.folder(folderName(apiUrl))
  const seen = lastSeen.folderOf(apiUrl)
  return {
    profile: {
      watch: [root.path, all.path, environment.path, environment.folder('profiles').path],
      async read() {
        const current = await profiles.current(apiUrl).catch(() => undefined)
        return (await profiles.list(apiUrl)).map(({id, name, project_id}) => [
          name,
          join(id === current?.id && 'current', project_id !== null && `project ${project_id}`),
        ])
      },
    },
    environment: {
      watch: [root.path, all.path],
      read: async () =>
        (await environments.list()).map(({api_url, requires_auth}) => [
          api_url,
          join(api_url === apiUrl && 'current', !requires_auth && 'requires no login'),
        ]),
    },
    project: {
      watch: [root.path, seen.path],
      read: async () =>
        (await lastSeen.projects(apiUrl)).map(({project_id, project_name}) => [project_id, project_name]),
    },
    organization: {
      watch: [root.path, seen.path],
      read: async () => (await lastSeen.organizations(apiUrl)).map(({org_id, org_name}) => [org_id, org_name]),
    },
  }
}

const join = (...parts: (string | false)[]): string => parts.filter(Boolean).join(', ')
