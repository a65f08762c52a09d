import {ApiError} from './api-error.js'
import type {Bearer} from './bearer.js'

export type KnownBearer = Extract<Bearer, {user: unknown}>

/** Whoever it is, or a 401. */
export function requireUser(bearer: Bearer): KnownBearer {
  if (bearer.kind === 'none') throw new ApiError(401, 'Not authenticated', {'www-authenticate': 'Bearer'})
  if (bearer.kind === 'invalid') {
    throw new ApiError(401, 'Invalid API key', {'www-authenticate': 'Bearer error="invalid_token"'})
  }
  return bearer
}
