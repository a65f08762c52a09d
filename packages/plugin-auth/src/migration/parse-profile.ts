import {isPlainHttp, normaliseApiUrl} from '../environments/api-url.js'
import {type Environment, unprobedEnvironment} from '../environments/environment.js'
import type {EnvironmentStore} from '../environments/environment-store.js'
import {isAuthError} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import type {Candidate, Unfit} from './candidate.js'
import {parseDeviceLogin} from './parse-device-login.js'
import type {StoredDatabase, StoredProfile} from './read-database.js'

/** Narrows one row: every text in it may be anything. */
export async function parseStoredProfile(
  environments: EnvironmentStore,
  {environments: recorded}: StoredDatabase,
  row: StoredProfile,
  {allowHttp}: {allowHttp: boolean},
): Promise<Candidate | Unfit> {
  const name = cleanText(row.name, 100) || 'imported'
  const projectId = row.project_id && row.project_id === cleanText(row.project_id) ? row.project_id : null
  const unfit = (reason: string): Unfit => ({name, apiUrl: cleanText(row.api_url), projectId, reason})
  let environment: Environment
  try {
    environment = await findEnvironment(environments, recorded, row.api_url ?? '', allowHttp)
  } catch (error) {
    if (!isAuthError(error) || error.code !== 'USAGE') throw error
    return unfit(error.message)
  }

  const shared = {name, environment, projectId, row}
  const key = row.api_key?.reveal()
  if (!row.api_key || !key) {
    if (environment.requires_auth) return {...unfit(NO_KEY), apiUrl: environment.api_url}
    return {...shared, authType: 'none'}
  }

  if (!API_KEY.test(key)) return unfit('What it has for a key is not one word of visible characters.')
  const login = row.device_oidc && parseDeviceLogin(row.device_oidc.reveal(), row.api_key_id)
  return login
    ? {...shared, authType: 'oidc', apiKey: row.api_key, ...login}
    : {...shared, authType: 'token', apiKey: row.api_key}
}

/** Also what a scrubbed row looks like. */
export const NO_KEY = 'There is no key in it.'

/** It ends up in a header. */
const API_KEY = /^[\u0021-\u007E]{1,4096}$/

/** The one known here, else as it is recorded there. `http` to another machine needs consent, given now or earlier. */
async function findEnvironment(
  environments: EnvironmentStore,
  recorded: StoredDatabase['environments'],
  url: string,
  allowHttp: boolean,
): Promise<Environment> {
  const apiUrl = normaliseApiUrl(url, {allowHttp: true})
  const known = await environments.find(apiUrl)
  if (known) return known
  normaliseApiUrl(url, {allowHttp})
  const environment = unprobedEnvironment(apiUrl)
  const stored = recorded.find((candidate) => isSpelling(candidate.api_url, apiUrl))
  return {
    ...environment,
    ...(stored && {
      requires_auth: stored.requires_auth,
      min_llamactl_version: cleanText(stored.min_llamactl_version) || null,
    }),
    ...(isPlainHttp(apiUrl) && {allow_http: true as const}),
  }
}

/** Whether a text that somebody stored means this normalised URL. */
export function isSpelling(text: string | null, apiUrl: string): boolean {
  try {
    return text !== null && normaliseApiUrl(text, {allowHttp: true}) === apiUrl
  } catch {
    return false
  }
}
