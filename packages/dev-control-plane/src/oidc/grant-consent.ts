import type {default as Provider, Interaction} from 'oidc-provider'

interface MissingConsent {
  missingOIDCScope?: string[]
  missingOIDCClaims?: string[]
  missingResourceScopes?: Record<string, string[]>
}

/** Records that the person allowed everything that was asked for. */
export async function grantConsent(
  provider: Provider,
  {grantId, session, params, prompt}: Interaction,
): Promise<{grantId?: string}> {
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const grant = known ?? new provider.Grant({accountId: session?.accountId, clientId: String(params['client_id'])})
  const {missingOIDCScope, missingOIDCClaims, missingResourceScopes} = prompt.details as MissingConsent
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '))
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims)
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '))
  }

  const saved = await grant.save()
  return known ? {} : {grantId: saved}
}
