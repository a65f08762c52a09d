import type {ResolvedOptions} from '../options.js'
import type {ApiKeyStore} from './api-key-store.js'
import {apiKeysRoutes} from './api-keys-routes.js'
import {deploymentsRoute, openDeploymentsRoute} from './deployments-route.js'
import {meRoute} from './me-route.js'
import {oidcDiscoveryRoute} from './oidc-discovery-route.js'
import {openOrganizationsRoute, organizationsRoute} from './organizations-route.js'
import {openProjectsRoute, projectsRoute} from './projects-route.js'
import {platformProjectsRoutes} from './platform-projects-routes.js'
import type {Route} from './route.js'
import {versionRoute} from './version-route.js'

export interface ApiParts {
  settings: ResolvedOptions
  provider: {issuer: string; clientId: string} | undefined
  apiKeys: ApiKeyStore
}

/** What the server answers to. Without auth that is what the open-source control plane has. */
export function apiRoutes({settings, provider, apiKeys}: ApiParts): Route[] {
  const {seed, requiresAuth, organizations, keysManageKeys, apiKeyLifetime, emailIn} = settings
  if (!requiresAuth) {
    return [
      versionRoute(settings),
      ...(organizations ? [openOrganizationsRoute()] : []),
      openProjectsRoute(seed),
      openDeploymentsRoute(seed),
    ]
  }

  return [
    versionRoute(settings),
    ...(organizations ? [organizationsRoute(seed)] : []),
    projectsRoute(seed, {organizations}),
    deploymentsRoute(seed),
    oidcDiscoveryRoute(provider),
    meRoute({showsEmail: emailIn !== 'nowhere'}),
    ...platformProjectsRoutes(seed),
    ...apiKeysRoutes({apiKeys, projects: seed.projects, keysManageKeys, apiKeyLifetime}),
  ]
}
