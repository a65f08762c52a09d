import type {KoaContextWithOIDC} from 'oidc-provider'

/** Where a form of the device flow goes, and the token without which it is refused. */
export function formTarget({oidc}: KoaContextWithOIDC): {action: string; xsrf: string} {
  return {action: oidc.urlFor('code_verification'), xsrf: xsrfOf(oidc)}
}

export function xsrfOf({session}: KoaContextWithOIDC['oidc']): string {
  return (session?.['state'] as {secret?: string} | undefined)?.secret ?? ''
}
