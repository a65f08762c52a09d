import type {errors, KoaContextWithOIDC} from 'oidc-provider'

import {codeEntryPage} from '../pages/code-entry-page.js'
import {confirmPage} from '../pages/confirm-page.js'
import {cancelledPage, successPage} from '../pages/message-page.js'
import {formTarget} from './form-target.js'
import {showPage} from './show-page.js'

/** The pages of the device flow; the ones oidc-provider brings load fonts from another host. */
export const devicePages = {
  userCodeInputSource(ctx: KoaContextWithOIDC, _form: string, _out?: unknown, error?: unknown): void {
    const {name, userCode} = (error ?? {}) as Partial<errors.OIDCProviderError> & {userCode?: string}
    if (name === 'AbortedError') return showPage(ctx, cancelledPage())
    const problem = name === undefined ? undefined : (problems[name] ?? 'That did not work. Enter the code again.')
    showPage(ctx, codeEntryPage({...formTarget(ctx), problem, userCode}))
  },

  userCodeConfirmSource(
    ctx: KoaContextWithOIDC,
    _form: string,
    client: {clientId: string; clientName?: string},
    deviceInfo: Record<string, unknown>,
    userCode: string,
  ): void {
    const clientName = client.clientName ?? client.clientId
    showPage(ctx, confirmPage({...formTarget(ctx), clientName, userCode, requestIp: String(deviceInfo['ip'])}))
  },

  successSource(ctx: KoaContextWithOIDC): void {
    showPage(ctx, successPage())
  },
}

const problems: Readonly<Record<string, string>> = {
  NoCodeError: 'Enter the code that your terminal shows.',
  NotFoundError: 'There is no such code. Compare it with your terminal.',
  ExpiredError: 'That code has expired. Start again in your terminal, and enter the new one.',
  AlreadyUsedError: 'That code has been used. Start again in your terminal, and enter the new one.',
}
