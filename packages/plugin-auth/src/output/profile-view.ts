import type {Profile} from '../profiles/profile.js'

/** A profile as `--json` shows it. */
export interface ProfileView {
  name: string
  api_url: string
  project_id: string | null
  active: boolean
  auth_type: 'token' | 'oidc' | 'none'
  credential_store: 'keychain' | 'file' | 'none'
}

export const viewProfile = (profile: Profile, {apiUrl, active}: {apiUrl: string; active: boolean}): ProfileView => ({
  name: profile.name,
  api_url: apiUrl,
  project_id: profile.project_id,
  active,
  auth_type: profile.auth_type,
  credential_store: profile.credential?.store ?? 'none',
})
