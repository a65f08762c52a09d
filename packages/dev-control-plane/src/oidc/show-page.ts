import type {KoaContextWithOIDC} from 'oidc-provider'

import type {Page} from '../pages/page.js'

/** Puts a page of ours where oidc-provider would have put one of its own. */
export function showPage(ctx: KoaContextWithOIDC, {markup, headers}: Page): void {
  ctx.body = markup
  ctx.set({...headers})
}
