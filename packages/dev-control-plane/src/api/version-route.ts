import type {Route} from './route.js'

export interface VersionFacts {
  requiresAuth: boolean
  minLlamactlVersion: string | null
  organizations: boolean
}

/** Public: a client asks this before it has any credential. */
export const versionRoute = ({requiresAuth, minLlamactlVersion, organizations}: VersionFacts): Route => ({
  method: 'GET',
  path: '/api/v1beta1/deployments-public/version',
  answer: () => ({
    status: 200,
    body: {
      version: '0.1.0-dev',
      requires_auth: requiresAuth,
      min_llamactl_version: minLlamactlVersion,
      capabilities: organizations ? ['organizations'] : [],
    },
  }),
})
