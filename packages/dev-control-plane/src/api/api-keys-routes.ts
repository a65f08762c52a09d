import type {SeedProject} from '../seed/seed.js'
import {ApiError} from './api-error.js'
import type {ApiKey, ApiKeyStore} from './api-key-store.js'
import type {Bearer} from './bearer.js'
import {parseNewApiKey} from './parse-new-api-key.js'
import {requireUser, type KnownBearer} from './require-user.js'
import type {Route} from './route.js'

export interface ApiKeysRoutesParts {
  apiKeys: ApiKeyStore
  projects: readonly SeedProject[]
  /** Whether an API key may list, make and delete API keys; an access token always may. */
  keysManageKeys: boolean
  /** Seconds; null: for ever. */
  apiKeyLifetime: number | null
}

export function apiKeysRoutes({apiKeys, projects, keysManageKeys, apiKeyLifetime}: ApiKeysRoutesParts): Route[] {
  function requireManager(bearer: Bearer): KnownBearer {
    const caller = requireUser(bearer)
    if (caller.kind === 'api-key' && !keysManageKeys) throw new ApiError(403, 'API keys cannot manage API keys')
    return caller
  }

  const keysOf = ({user}: KnownBearer): ApiKey[] => apiKeys.list().filter(({userId}) => userId === user.id)

  return [
    {
      method: 'GET',
      path: '/api/v1/api-keys',
      answer({bearer, query}) {
        const projectId = query.get('project_id')
        const keys = keysOf(requireManager(bearer)).filter((key) => projectId === null || key.projectId === projectId)
        return {status: 200, body: keys.map(asReply)}
      },
    },
    {
      method: 'POST',
      path: '/api/v1/api-keys',
      async answer({bearer, readBody}) {
        const {user} = requireManager(bearer)
        const {name, projectId} = parseNewApiKey(await readBody())
        const project = projects.find(({project_id}) => project_id === projectId)
        if (projectId !== null && (!project || !user.organizations.includes(project.org_id))) {
          throw new ApiError(404, 'Project not found')
        }

        const {key, secret} = apiKeys.mint({name, userId: user.id, projectId}, apiKeyLifetime)
        return {status: 200, body: {...asReply(key), redacted_api_key: secret}}
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/api-keys/{id}',
      answer({bearer, params}) {
        const key = keysOf(requireManager(bearer)).find(({id}) => id === params['id'])
        if (!key) throw new ApiError(404, 'API key not found')
        apiKeys.remove(key.id)
        return {status: 204}
      },
    },
  ]
}

const asReply = ({
  id,
  name,
  userId,
  projectId,
  redacted,
  createdAt,
  expiresAt,
}: ApiKey): Record<string, string | null> => ({
  id,
  name,
  redacted_api_key: redacted,
  user_id: userId,
  project_id: projectId,
  key_type: 'user',
  created_at: createdAt,
  updated_at: createdAt,
  expires_at: expiresAt,
})
