import type {Environment} from '../environments/environment.js'
import type {AuthType, OidcLogin} from '../profiles/profile.js'
import type {Secret} from '../secret.js'
import type {StoredProfile} from './read-database.js'

/** A profile of the Python llamactl that could be one of ours. */
export interface Candidate {
  name: string
  /** As it is known here, or else as the database has it. */
  environment: Environment
  projectId: string | null
  authType: AuthType
  apiKey?: Secret
  refreshToken?: Secret
  oidc?: OidcLogin
  /** Where it stands, to find it again. */
  row: StoredProfile
}

/** One that cannot, and why: a sentence. */
export interface Unfit {
  name: string
  /** Null for what is no URL of an environment: a password could be in it. */
  apiUrl: string | null
  projectId: string | null
  reason: string
}
