import type {IncomingMessage, ServerResponse} from 'node:http'

import type {default as Provider, Interaction} from 'oidc-provider'

import {readBody} from '../http/read-body.js'
import {consentPage} from '../pages/consent-page.js'
import {errorPage} from '../pages/message-page.js'
import type {Page} from '../pages/page.js'
import {signInPage} from '../pages/sign-in-page.js'
import type {SeedUser} from '../seed/seed.js'
import {grantConsent} from './grant-consent.js'
import {chooseUser} from './choose-user.js'

export interface InteractionParts {
  provider: Provider
  users: readonly SeedUser[]
}

/** Sign-in and consent: the part between oidc-provider and the person. */
export async function answerInteraction(
  {provider, users}: InteractionParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  // The cookie has to belong to the interaction in the path; oidc-provider looks at the cookie alone.
  const details = await provider.interactionDetails(request, response).catch(() => undefined)
  if (!details || !url.pathname.endsWith(`/${details.uid}`)) {
    return sendPage(response, 400, errorPage('This sign-in has expired.'))
  }

  const action = url.pathname
  const wantsSignIn = details.prompt.name === 'login' || url.searchParams.has('as')
  const signInAction = details.prompt.name === 'login' ? action : `${action}?as=another`

  if (request.method === 'GET') {
    if (wantsSignIn) return sendPage(response, 200, signInPage({action: signInAction, users}))
    return sendPage(response, 200, await consentOf(provider, details, users, action))
  }

  if (request.method !== 'POST') return sendPage(response, 405, errorPage('This page takes a form only.'))
  const form = new URLSearchParams((await readBody(request)) ?? '')

  if (form.get('decision') === 'deny') {
    const denied = {error: 'access_denied', error_description: 'The person denied the request'}
    return provider.interactionFinished(request, response, denied, {mergeWithLastSubmission: false})
  }

  if (wantsSignIn) {
    const user = chooseUser(users, form)
    if (!user) {
      const problem = 'Wrong e-mail or password.'
      const email = form.get('email') ?? undefined
      return sendPage(response, 401, signInPage({action: signInAction, users, email, problem}))
    }

    const login = {accountId: user.id}
    return provider.interactionFinished(request, response, {login}, {mergeWithLastSubmission: false})
  }

  if (form.get('decision') !== 'allow') {
    return sendPage(response, 400, await consentOf(provider, details, users, action))
  }

  const consent = await grantConsent(provider, details)
  return provider.interactionFinished(request, response, {consent}, {mergeWithLastSubmission: true})
}

async function consentOf(
  provider: Provider,
  {params, session}: Interaction,
  users: readonly SeedUser[],
  action: string,
): Promise<Page> {
  const client = await provider.Client.find(String(params['client_id']))
  const user = users.find(({id}) => id === session?.accountId)
  return consentPage({
    action,
    clientName: client?.clientName ?? String(params['client_id']),
    email: user?.email ?? 'nobody',
    scopes: String(params['scope'] ?? '')
      .split(' ')
      .filter(Boolean),
  })
}

function sendPage(response: ServerResponse, status: number, {markup, headers}: Page): void {
  response.writeHead(status, {...headers}).end(markup)
}
