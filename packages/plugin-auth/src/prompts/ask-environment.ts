import type {Environment} from '../environments/environment.js'
import {AuthError, listNames, suggest} from '../errors.js'
import type {Prompter} from './prompter.js'

/** One of the known environments. Without anybody to ask, `INPUT_REQUIRED` with the URLs that could be given to `command`. */
export async function askEnvironment(
  prompter: Prompter,
  options: {question: string; command: string; environments: Environment[]; currentUrl: string},
): Promise<Environment> {
  const {question, command, environments, currentUrl} = options
  if (!prompter.interactive) {
    throw new AuthError('INPUT_REQUIRED', 'API_URL is missing: which environment is meant?', [
      suggest(command, 'API_URL'),
      `Environments: ${listNames(environments.map(({api_url}) => api_url))}`,
    ])
  }

  const choices = environments.map((environment) => ({
    label: environment.api_url,
    value: environment,
    ...(environment.api_url === currentUrl && {hint: 'current'}),
  }))
  const initial = environments.find(({api_url}) => api_url === currentUrl)
  return prompter.select(question, choices, initial && {initial})
}
