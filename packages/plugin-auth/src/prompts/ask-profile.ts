import {AuthError, listNames, suggest} from '../errors.js'
import type {Profile} from '../profiles/profile.js'
import type {Prompter} from './prompter.js'

/** One of several profiles. Without anybody to ask, `INPUT_REQUIRED` with the names that could be given to `command`. */
export async function askProfile(
  prompter: Prompter,
  {
    question,
    command,
    profiles,
    current,
  }: {question: string; command: string; profiles: Profile[]; current: Profile | undefined},
): Promise<Profile> {
  if (!prompter.interactive) {
    throw new AuthError('INPUT_REQUIRED', 'NAME is missing: which profile is meant?', [
      suggest(command, 'NAME'),
      `Profiles: ${listNames(profiles.map(({name}) => name))}`,
    ])
  }

  const choices = profiles.map((profile) => ({
    label: profile.name,
    value: profile,
    ...(profile.id === current?.id && {hint: 'current'}),
  }))
  const initial = profiles.find(({id}) => id === current?.id)
  return prompter.select(question, choices, initial && {initial})
}
