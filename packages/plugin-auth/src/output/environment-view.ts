import type {Environment} from '../environments/environment.js'

/** An environment as `--json` shows it. */
export interface EnvironmentView {
  api_url: string
  requires_auth: boolean
  active: boolean
  min_llamactl_version: string | null
}

export const viewEnvironment = (environment: Environment, {active}: {active: boolean}): EnvironmentView => ({
  api_url: environment.api_url,
  requires_auth: environment.requires_auth,
  active,
  min_llamactl_version: environment.min_llamactl_version,
})
