import {normaliseApiUrl} from '../environments/api-url.js'
import {type Environment, unprobedEnvironment} from '../environments/environment.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import {requireEnvironment} from '../environments/require-environment.js'
import {AuthError, isAuthError, suggest} from '../errors.js'
import type {FolderBinding} from './folder-binding-store.js'
import type {NamedVariable} from './identity-variables.js'
import {firstOf, type Ladder, type Sourced} from './ladder.js'

export interface ResolvedEnvironment extends Sourced<Environment> {
  /** False for a URL from the variable that was never added: what it needs is not known yet. */
  known: boolean
}

export interface GivenEnvironment {
  flag?: string | undefined
  /** The URL of the variable. */
  variable?: NamedVariable | undefined
  /** The key is that of this variable: it goes where the one above says, and never to what happens to be current. */
  keyVariable?: NamedVariable | undefined
  binding?(): Promise<FolderBinding | undefined>
}

/** The environment of this invocation. Rejects with `ENVIRONMENT_NOT_FOUND` or `USAGE`; changes nothing. */
export async function resolveEnvironment(
  environments: EnvironmentStore,
  given: GivenEnvironment,
): Promise<ResolvedEnvironment> {
  return (await firstOf(environmentLadder(environments, given))) ?? byDefault(environments)
}

export const environmentLadder = (
  environments: EnvironmentStore,
  {flag, variable, keyVariable, binding}: GivenEnvironment,
): Ladder<ResolvedEnvironment> => [
  async () =>
    flag === undefined
      ? undefined
      : {
          value: await requireEnvironment(environments, flag),
          source: 'flag',
          from: '--environment',
          known: true,
        },
  async () => variable && fromVariable(environments, variable),
  async () => keyVariable && {...(await byDefault(environments)), from: keyVariable.name},
  async () => {
    const bound = await binding?.()
    return bound && fromBinding(environments, bound)
  },
  async () => {
    const current = await environments.current()
    return current && {value: current, source: 'current', from: '', known: true}
  },
  () => byDefault(environments),
]

async function byDefault(environments: EnvironmentStore): Promise<ResolvedEnvironment> {
  const {defaultUrl} = environments
  const value = (await environments.find(defaultUrl)) ?? unprobedEnvironment(defaultUrl)
  return {value, source: 'default', from: '', known: true}
}

async function fromBinding(
  environments: EnvironmentStore,
  {folder, api_url: apiUrl}: FolderBinding,
): Promise<ResolvedEnvironment> {
  const environment = await environments.find(apiUrl)
  if (environment) return {value: environment, source: 'binding', from: folder, known: true}
  throw new AuthError('ENVIRONMENT_NOT_FOUND', `${folder} is bound to ${apiUrl}, which is not known any more.`, [
    suggest('auth:env:add', apiUrl, 'to add it again'),
    suggest('auth:switch', '--here --unset', 'in that folder, to bind it no longer'),
  ])
}

async function fromVariable(environments: EnvironmentStore, variable: NamedVariable): Promise<ResolvedEnvironment> {
  const known = await environments.find(fromText(variable, {allowHttp: true}))
  const sourced = {source: 'variable', from: variable.name} as const
  if (known) return {...sourced, value: known, known: true}
  return {...sourced, value: unprobedEnvironment(fromText(variable)), known: false}
}

/** Says whose fault it is: nobody sees a variable. */
function fromText({name, value}: NamedVariable, options: {allowHttp?: boolean} = {}): string {
  try {
    return normaliseApiUrl(value, options)
  } catch (error) {
    if (!isAuthError(error)) throw error
    throw new AuthError(error.code, `${name} cannot be used: ${error.message}`, error.suggestions)
  }
}
