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
  let environment: Environment
  try {
    environment = await findEnvironment(environments, recorded, row.api_url ?? '')
  } catch (error) {
    if (!isAuthError(error) || error.code !== 'USAGE') throw error
    return {name, apiUrl: null, projectId, reason: error.message}
  }

  const unfit = (reason: string): Unfit => ({name, apiUrl: environment.api_url, projectId, reason})
  if (isPlainHttp(environment.api_url) && !environment.allow_http && !allowHttp) return unfit(PLAIN_HTTP)
  if (isPlainHttp(environment.api_url)) environment = {...environment, allow_http: true}

  const shared = {name, environment, projectId, row}
  const key = row.api_key?.reveal()
  if (!row.api_key || !key) {
    if (environment.requires_auth) return unfit(NO_KEY)
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

const PLAIN_HTTP =
  'It is not https: its key would travel in clear, for every machine on the way to read. Pass --allow-http if you accept that.'

/** It ends up in a header. */
const API_KEY = /^[\u0021-\u007E]{1,4096}$/

/** The one known here, else as it is recorded there. */
async function findEnvironment(
  environments: EnvironmentStore,
  recorded: StoredDatabase['environments'],
  url: string,
): Promise<Environment> {
  const apiUrl = normaliseApiUrl(url, {allowHttp: true})
  const known = await environments.find(apiUrl)
  if (known) return known
  const stored = recorded.find((candidate) => isSpelling(candidate.api_url, apiUrl))
  return {
    ...unprobedEnvironment(apiUrl),
    ...(stored && {
      requires_auth: stored.requires_auth,
      min_llamactl_version: cleanText(stored.min_llamactl_version) || null,
    }),
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
