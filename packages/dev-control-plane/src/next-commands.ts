export interface NextCommandsFacts {
  url: string
  requiresAuth: boolean
  browserLogin: boolean
  projectId: string | undefined
  /** Where it may be shown; else the command reads it from standard input. */
  apiKey?: string | undefined
}

/** What a person types to use a control plane that has just started. */
export function nextCommands({url, requiresAuth, browserLogin, projectId, apiKey}: NextCommandsFacts): string[] {
  const add = `llamactl auth env add ${url}`
  if (!requiresAuth) return [add, `llamactl auth token --project-id ${projectId ?? 'my-project'}`]
  return [
    add,
    ...(browserLogin ? ['llamactl auth login'] : []),
    ...(apiKey === undefined && browserLogin ? [] : [`llamactl auth token --api-key ${apiKey ?? '-'}`]),
  ]
}
