import type {AuthType, Profile} from '../profiles/profile.js'
import type {Candidate} from './candidate.js'

export type ImportStatus = 'found' | 'imported' | 'known' | 'skipped'

/** What became of one profile of the Python llamactl. */
export interface ImportOutcome {
  name: string
  /** Null where it is not one that can be used. */
  apiUrl: string | null
  projectId: string | null
  /** Null where it could not be told. */
  authType: AuthType | null
  status: ImportStatus
  /** A sentence: why it was skipped, or what is not as it should be. */
  reason?: string
  /** Whether the server accepted its key just now. */
  isVerified: boolean
  /** Whether its key is out of the database. */
  isScrubbed: boolean
  candidate?: Candidate
  /** The profile here that it is now, or was before. */
  profile?: Profile
}

export const outcomeOf = (
  candidate: Candidate,
  status: ImportStatus,
  rest: Partial<Pick<ImportOutcome, 'reason' | 'profile' | 'isVerified'>> = {},
): ImportOutcome => ({
  name: candidate.name,
  apiUrl: candidate.environment.api_url,
  projectId: candidate.projectId,
  authType: candidate.authType,
  status,
  isVerified: false,
  isScrubbed: false,
  candidate,
  ...rest,
})
