import type {FolderBinding} from './folder-binding-store.js'
import {API_KEY, type IdentityVariables, USE_PROFILE} from './identity-variables.js'

/**
 * One line for somebody who has just changed which profile is current, where something else is used all the same.
 * `profile` is the one that is current now, if any.
 */
export function whatWinsOverProfile(
  {apiKey, project, profile: named}: IdentityVariables,
  binding: FolderBinding | undefined,
  profile: {name: string; apiUrl: string} | undefined,
): string | undefined {
  if (apiKey && project) {
    return `${API_KEY} and ${project.name} are set, and win over every profile; ${USE_PROFILE}=1 uses the profile instead.`
  }

  if (named && named.value !== profile?.name) {
    return `${named.name} is set to ${named.value}, which wins over the current profile.`
  }

  const isOther = binding && (binding.profile !== profile?.name || binding.api_url !== profile.apiUrl)
  if (!named && isOther) {
    return `${binding.folder} is bound to ${binding.profile} in ${binding.api_url}, which wins there over the current profile.`
  }

  return undefined
}
