import type {KoaContextWithOIDC} from 'oidc-provider'

import {errorPage} from '../pages/message-page.js'
import {showPage} from './show-page.js'

/** What oidc-provider throws instead of answering it. */
export function createFailureReport(onError: (error: Error) => void) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    try {
      await next()
    } catch (error) {
      // It cannot save the session that it begins in order to complain of a form that came without one.
      const lacksSession = ctx.oidc?.route === 'code_verification' && ctx.method === 'POST'
      if (!lacksSession) onError(error as Error)
      ctx.status = lacksSession ? 400 : 500
      const sentence = lacksSession
        ? 'This form belongs to no session: the server was restarted, or your browser keeps no cookies.'
        : 'The server failed. Its terminal says why.'
      showPage(ctx, errorPage(sentence))
    }
  }
}
