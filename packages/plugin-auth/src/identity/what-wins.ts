import {normaliseApiUrl} from '../environments/api-url.js'
import type {FolderBinding} from './folder-binding-store.js'
import type {IdentityVariables} from './identity-variables.js'

/**
 * One line for somebody who has just changed which profile is current, where something else is used all the same. `current`
 * is what is current now: the environment, and its profile if there is one.
 */
export function whatWinsOverProfile(
  {names, apiKey, baseUrl, project, profile: named}: IdentityVariables,
  binding: FolderBinding | undefined,
  current: {name: string | undefined; apiUrl: string},
): string | undefined {
  if (apiKey && project) {
    return `${apiKey.name} and ${project.name} are set, and win over every profile; ${names.useProfile}=1 uses the profile instead.`
  }

  if (baseUrl && !isSameUrl(baseUrl.value, current.apiUrl)) {
    return `${baseUrl.name} is set to another environment, which wins over the current one.`
  }

  if (named && named.value !== current.name) {
    return `${named.name} is set to ${named.value}, which wins over the current profile.`
  }

  const isOther = binding && (binding.profile !== current.name || binding.api_url !== current.apiUrl)
  if (!named && isOther) {
    return `${binding.folder} is bound to ${binding.profile} in ${binding.api_url}, which wins there over the current profile.`
  }

  return undefined
}

/** What is no URL was passed over, and said. */
function isSameUrl(variable: string, apiUrl: string): boolean {
  try {
    return normaliseApiUrl(variable, {allowHttp: true}) === apiUrl
  } catch {
    return true
  }
}
