import type {Route} from './route.js'

/** Public: says which provider to log in at, and as which client. `undefined` where browser login is off. */
export const oidcDiscoveryRoute = (provider: {issuer: string; clientId: string} | undefined): Route => ({
  method: 'GET',
  path: '/api/v1/auth/oidc/discovery',
  answer() {
    if (!provider) return {status: 400, body: {detail: 'OIDC is not configured'}}
    const {issuer, clientId} = provider
    return {
      status: 200,
      body: {discovery_url: `${issuer}/.well-known/openid-configuration`, client_ids: {cli: clientId}},
    }
  },
})
