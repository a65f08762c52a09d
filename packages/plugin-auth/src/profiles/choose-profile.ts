import {AuthError, listNames, suggest} from '../errors.js'
import type {Profile} from './profile.js'

/** Either the profile that was meant, or the ones to ask about. */
export type ProfileChoice = {kind: 'chosen'; profile: Profile} | {kind: 'ask'; candidates: Profile[]}

/** Throws `PROFILE_NOT_FOUND` for a name nobody has, `NOT_LOGGED_IN` where there is no profile at all. */
export function chooseProfile(
  profiles: Profile[],
  {name, apiUrl}: {name?: string | undefined; apiUrl: string},
): ProfileChoice {
  if (name !== undefined) {
    const profile = profiles.find((candidate) => candidate.name === name)
    if (!profile) throw profileNotFound(name, profiles, apiUrl)
    return {kind: 'chosen', profile}
  }

  if (profiles.length === 0) throw notLoggedIn(apiUrl)
  return {kind: 'ask', candidates: profiles}
}

export const notLoggedIn = (apiUrl: string): AuthError =>
  new AuthError('NOT_LOGGED_IN', `No profile is logged in to ${apiUrl}.`, [
    suggest('auth:login', '', 'to log in with a browser'),
    suggest('auth:token', '', 'to log in with an API key'),
  ])

/** `profiles` are those there are: with one of them current, the command could go on. */
export const noneCurrent = (profiles: Profile[], apiUrl: string): AuthError =>
  profiles.length === 0
    ? notLoggedIn(apiUrl)
    : new AuthError('NOT_LOGGED_IN', `No profile of ${apiUrl} is current.`, [
        suggest('auth:switch', 'NAME', 'to choose one'),
        `Profiles there: ${listNames(profiles.map(({name}) => name))}`,
      ])

export function profileNotFound(name: string, profiles: Pick<Profile, 'name'>[], apiUrl: string): AuthError {
  const suggestions =
    profiles.length === 0
      ? notLoggedIn(apiUrl).suggestions
      : [
          `Profiles there: ${listNames(profiles.map((profile) => profile.name))}`,
          suggest('auth:list', '', 'to see them all'),
        ]
  return new AuthError('PROFILE_NOT_FOUND', `${apiUrl} has no profile named ${name}.`, suggestions)
}
