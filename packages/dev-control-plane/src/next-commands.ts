import type {Seed} from './seed/seed.js'

export interface NextCommandsFacts {
  url: string
  seed: Seed
  requiresAuth: boolean
  browserLogin: boolean
}

/** What a person types to use a control plane that has just started. */
export function nextCommands({url, seed, requiresAuth, browserLogin}: NextCommandsFacts): string[] {
  const add = `llamactl auth env add ${url}`
  if (!requiresAuth) return [add, `llamactl auth token --project-id ${seed.projects[0]?.project_id ?? 'my-project'}`]
  const [key] = seed.api_keys
  return [
    add,
    ...(browserLogin ? ['llamactl auth login'] : []),
    ...(key ? [`llamactl auth token --api-key ${key.secret}`] : []),
  ]
}
