import type {VariableNames} from './variable-names.js'

/** What the environment variables say of the identity. One that is empty counts as unset. */
export interface IdentityVariables {
  /** Of all, whether they are set or not. */
  names: VariableNames
  /** As it is. */
  apiKey: NamedVariable | undefined
  baseUrl: NamedVariable | undefined
  project: NamedVariable | undefined
  /** Named after the host: `LLAMACTL_PROFILE`. */
  profile: NamedVariable | undefined
  /** The names of those that are set and do not count, because the variable that says so is on. */
  skipped: string[]
}

export interface NamedVariable {
  name: string
  value: string
}

export function readIdentityVariables(
  env: NodeJS.ProcessEnv,
  names: VariableNames,
  profile: {name: string; value: string | undefined},
): IdentityVariables {
  const isSkipping = isOn(env[names.useProfile])
  const all = [names.apiKey, names.baseUrl, ...names.projects]
  const named = (name: string, value: string | undefined): NamedVariable | undefined =>
    value === undefined ? undefined : {name, value}
  const read = (name: string): NamedVariable | undefined => (isSkipping ? undefined : named(name, given(env[name])))
  return {
    names,
    apiKey: read(names.apiKey),
    baseUrl: read(names.baseUrl),
    project: names.projects.map(read).find(Boolean),
    profile: named(profile.name, given(profile.value)),
    skipped: isSkipping ? all.filter((name) => given(env[name])) : [],
  }
}

const given = (value: string | undefined): string | undefined => value?.trim() || undefined

/** As the Python llamactl reads its switches; what is neither on nor off is off. */
export const isOn = (value = ''): boolean => ['1', 'true', 'yes', 'on', 't', 'y'].includes(value.trim().toLowerCase())
