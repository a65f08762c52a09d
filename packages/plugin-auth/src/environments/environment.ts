import {isShowable} from '../untrusted/clean-text.js'
import {isApiUrl} from './api-url.js'

/** One control plane and what it needs, as `environment.json` keeps it. Unknown keys of a newer version are kept. */
export interface Environment {
  api_url: string
  requires_auth: boolean
  /** What the server asks of its own Python client. Shown, not compared: this CLI is numbered apart from that one. */
  min_llamactl_version: string | null
  /** A person accepted `http` to another machine. */
  allow_http?: true
}

/** What is assumed of a control plane before it was asked. */
export const unprobedEnvironment = (api_url: string): Environment => ({
  api_url,
  requires_auth: true,
  min_llamactl_version: null,
})

/** Narrows what was read from disk. Throws an `Error` that continues the sentence its path begins. */
export function parseEnvironment(value: Record<string, unknown>): Environment {
  const {api_url, requires_auth, min_llamactl_version, allow_http} = value
  if (typeof api_url !== 'string' || !isApiUrl(api_url)) throw new Error('has no valid api_url')
  if (typeof requires_auth !== 'boolean') throw new Error('has a requires_auth that is not true or false')
  if (min_llamactl_version !== null && !isShowable(min_llamactl_version)) {
    throw new Error('has a min_llamactl_version that is not text')
  }

  if (allow_http !== undefined && allow_http !== true) throw new Error('has an allow_http that is not true')
  return {...value, api_url, requires_auth, min_llamactl_version, ...(allow_http && {allow_http})}
}
