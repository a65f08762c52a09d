/** What the environment variables say of the identity. One that is empty counts as unset. */
export interface IdentityVariables {
  /** `LLAMA_CLOUD_API_KEY`, as it is. */
  apiKey: string | undefined
  /** `LLAMA_CLOUD_BASE_URL` */
  baseUrl: string | undefined
  project: NamedVariable | undefined
  /** Named after the host: `LLAMACTL_PROFILE`. */
  profile: NamedVariable | undefined
  /** The names of those that are set and do not count, because `LLAMA_CLOUD_USE_PROFILE` is on. */
  skipped: string[]
}

export interface NamedVariable {
  name: string
  value: string
}

export const API_KEY = 'LLAMA_CLOUD_API_KEY'
export const BASE_URL = 'LLAMA_CLOUD_BASE_URL'
export const USE_PROFILE = 'LLAMA_CLOUD_USE_PROFILE'
/** In the order in which they win. */
export const PROJECT_VARIABLES = ['LLAMA_AGENTS_PROJECT_ID', 'LLAMA_DEPLOY_PROJECT_ID'] as const

export function readIdentityVariables(
  env: NodeJS.ProcessEnv,
  profile: {name: string; value: string | undefined},
): IdentityVariables {
  const isSkipping = isOn(env[USE_PROFILE])
  const keyVariables = [API_KEY, BASE_URL, ...PROJECT_VARIABLES]
  const read = (name: string): string | undefined => (isSkipping ? undefined : given(env[name]))
  const named = (name: string, value: string | undefined): NamedVariable | undefined =>
    value === undefined ? undefined : {name, value}
  return {
    apiKey: read(API_KEY),
    baseUrl: read(BASE_URL),
    project: PROJECT_VARIABLES.map((name) => named(name, read(name))).find(Boolean),
    profile: named(profile.name, given(profile.value)),
    skipped: isSkipping ? keyVariables.filter((name) => given(env[name])) : [],
  }
}

const given = (value: string | undefined): string | undefined => value?.trim() || undefined

/** As the Python llamactl reads its switches; what is neither on nor off is off. */
export const isOn = (value = ''): boolean => ['1', 'true', 'yes', 'on', 't', 'y'].includes(value.trim().toLowerCase())
