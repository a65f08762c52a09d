import type {ImportOutcome, ImportStatus} from '../migration/import-outcome.js'

/** What became of one imported profile, as `--json` shows it. */
export interface ImportedProfileView {
  name: string
  /** Null where it is not one that can be used. */
  api_url: string | null
  project_id: string | null
  /** Null where it could not be told. */
  auth_type: 'token' | 'oidc' | 'none' | null
  status: ImportStatus
  /** Whether the server accepted its key just now. */
  verified: boolean
  /** Whether its key was removed from the database. */
  scrubbed: boolean
  reason?: string
}

export const viewImport = (outcome: ImportOutcome): ImportedProfileView => ({
  name: outcome.name,
  api_url: outcome.apiUrl,
  project_id: outcome.projectId,
  auth_type: outcome.authType,
  status: outcome.status,
  verified: outcome.isVerified,
  scrubbed: outcome.isScrubbed,
  ...(outcome.reason !== undefined && {reason: outcome.reason}),
})
