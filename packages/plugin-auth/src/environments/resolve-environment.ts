import {AuthError, isAuthError, suggest} from '../errors.js'
import {normaliseApiUrl} from './api-url.js'
import {DEFAULT_ENVIRONMENT, type Environment, unprobedEnvironment} from './environment.js'
import type {EnvironmentStore} from './environment-store.js'

/** Where the choice of an environment came from, in the order in which they win. */
export type EnvironmentSource = 'flag' | 'variable' | 'current' | 'default'

export interface ResolvedEnvironment {
  environment: Environment
  source: EnvironmentSource
  /** False for a URL from the variable that was never added: what it needs is not known yet. */
  known: boolean
}

/**
 * The environment of this invocation: `--environment` (one that is known), else `LLAMA_CLOUD_BASE_URL`, else the current
 * one, else the default. Throws `ENVIRONMENT_NOT_FOUND` or `USAGE`; changes nothing.
 */
export async function resolveEnvironment(
  environments: EnvironmentStore,
  {flag, variable}: {flag?: string | undefined; variable?: string | undefined},
): Promise<ResolvedEnvironment> {
  if (flag !== undefined) {
    const environment = await requireEnvironment(environments, flag)
    return {environment, source: 'flag', known: true}
  }

  if (variable?.trim()) return fromVariable(environments, variable)
  const current = await environments.current()
  if (current) return {environment: current, source: 'current', known: true}
  const known = await environments.find(DEFAULT_ENVIRONMENT.api_url)
  return {environment: known ?? DEFAULT_ENVIRONMENT, source: 'default', known: true}
}

/** A known environment by any spelling of its URL. Throws `ENVIRONMENT_NOT_FOUND`, naming the command that adds it. */
export async function requireEnvironment(environments: EnvironmentStore, url: string): Promise<Environment> {
  const apiUrl = normaliseApiUrl(url, {allowHttp: true})
  const environment = await environments.find(apiUrl)
  if (environment) return environment
  const known = (await environments.list()).map(({api_url}) => api_url)
  throw new AuthError('ENVIRONMENT_NOT_FOUND', `${apiUrl} is not a known environment.`, [
    suggest('auth:env:add', apiUrl, 'to add it'),
    `Known: ${known.join(', ')}`,
  ])
}

async function fromVariable(environments: EnvironmentStore, variable: string): Promise<ResolvedEnvironment> {
  const known = await environments.find(fromText(variable, {allowHttp: true}))
  if (known) return {environment: known, source: 'variable', known: true}
  return {environment: unprobedEnvironment(fromText(variable)), source: 'variable', known: false}
}

/** Says whose fault it is: nobody sees a variable. */
function fromText(variable: string, options: {allowHttp?: boolean} = {}): string {
  try {
    return normaliseApiUrl(variable, options)
  } catch (error) {
    if (!isAuthError(error)) throw error
    throw new AuthError(error.code, `LLAMA_CLOUD_BASE_URL cannot be used: ${error.message}`, error.suggestions)
  }
}
