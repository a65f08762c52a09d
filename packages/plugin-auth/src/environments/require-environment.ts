import {AuthError, listNames, suggest} from '../errors.js'
import {normaliseApiUrl} from './api-url.js'
import type {Environment} from './environment.js'
import type {EnvironmentStore} from './environment-store.js'

/** A known environment by any spelling of its URL. Throws `ENVIRONMENT_NOT_FOUND`, naming the command that adds it. */
export async function requireEnvironment(environments: EnvironmentStore, url: string): Promise<Environment> {
  const apiUrl = normaliseApiUrl(url, {allowHttp: true})
  const environment = await environments.find(apiUrl)
  if (environment) return environment
  const known = (await environments.list()).map(({api_url}) => api_url)
  throw new AuthError('ENVIRONMENT_NOT_FOUND', `${apiUrl} is not a known environment.`, [
    suggest('auth:env:add', apiUrl, 'to add it'),
    `Known: ${listNames(known)}`,
  ])
}
