import {normaliseApiUrl} from '../environments/api-url.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import {isAuthError} from '../errors.js'

/** What the URL in a variable is here: that of a known environment, of one that was never added, or none that can be used. */
export type UrlStanding = 'known' | 'new' | 'unusable'

export async function standingOf(environments: Pick<EnvironmentStore, 'find'>, url: string): Promise<UrlStanding> {
  try {
    if (await environments.find(normaliseApiUrl(url, {allowHttp: true}))) return 'known'
    normaliseApiUrl(url)
    return 'new'
  } catch (error) {
    if (isAuthError(error) && error.code === 'USAGE') return 'unusable'
    throw error
  }
}
