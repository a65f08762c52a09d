import type {KoaContextWithOIDC} from 'oidc-provider'

import {forwardPage} from '../pages/forward-page.js'
import {formTarget, xsrfOf} from './form-target.js'
import {showPage} from './show-page.js'

/**
 * oidc-provider has two pages that only submit a form by an inline script, and no setting for them. They are replaced
 * by a page that our content security policy allows, and that has a button.
 */
export async function forwardForms(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  if (ctx.status !== 200 || ctx.oidc === undefined) return
  const {oidc} = ctx

  const userCode = oidc.route === 'code_verification' && ctx.method === 'GET' ? oidc.params?.['user_code'] : undefined
  if (typeof userCode === 'string' && userCode !== '') {
    const {action, xsrf} = formTarget(ctx)
    const sentence = `Looking up the code ${userCode} …`
    showPage(ctx, forwardPage({title: 'Connect a device', sentence, action, fields: {xsrf, user_code: userCode}}))
  }

  const changesAccount = oidc.route?.endsWith('resume') && (oidc.session?.['state'] as object | undefined)
  if (changesAccount && 'postLogoutRedirectUri' in changesAccount) {
    const sentence = 'Going on with the other account …'
    const fields = {xsrf: xsrfOf(oidc), logout: 'yes'}
    showPage(ctx, forwardPage({title: 'Sign in', sentence, action: oidc.urlFor('end_session_confirm'), fields}))
  }
}
