import type {IncomingMessage, ServerResponse} from 'node:http'

import type {default as Provider, Interaction, InteractionResults} from 'oidc-provider'

import {readBody} from '../http/read-body.js'
import {consentPage} from '../pages/consent-page.js'
import {errorPage} from '../pages/message-page.js'
import type {Page} from '../pages/page.js'
import {signInPage} from '../pages/sign-in-page.js'
import type {SeedUser} from '../seed/seed.js'
import {chooseUser} from './choose-user.js'
import {grantConsent} from './grant-consent.js'

export interface InteractionParts {
  provider: Provider
  users: readonly SeedUser[]
}

/** A page to show, or what the person decided. */
type Step = {status: number; page: Page} | {result: InteractionResults}

/** Sign-in and consent: the part between oidc-provider and the person. */
export async function answerInteraction(
  {provider, users}: InteractionParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const step = await nextStep()
  if ('page' in step) {
    response.writeHead(step.status, {...step.page.headers}).end(step.page.markup)
    return
  }

  const mergeWithLastSubmission = 'consent' in step.result
  await provider.interactionFinished(request, response, step.result, {mergeWithLastSubmission})

  async function nextStep(): Promise<Step> {
    const details = await provider.interactionDetails(request, response).catch(() => undefined)
    // oidc-provider looks at the cookie alone; the path has to name the same interaction.
    if (!details || !url.pathname.endsWith(`/${details.uid}`)) {
      return {status: 400, page: errorPage('This sign-in has expired.')}
    }

    const form = request.method === 'POST' ? new URLSearchParams(await readBody(request)) : undefined
    if (form?.get('decision') === 'deny') {
      return {result: {error: 'access_denied', error_description: 'The person denied the request'}}
    }

    if (details.prompt.name === 'login') return signIn(url.pathname, form)
    if (url.searchParams.has('as')) return signIn(`${url.pathname}?as=another`, form)
    return consent(details, form)
  }

  function signIn(action: string, form: URLSearchParams | undefined): Step {
    if (!form) return {status: 200, page: signInPage({action, users})}
    const user = chooseUser(users, form)
    if (user) return {result: {login: {accountId: user.id}}}
    const email = form.get('email') ?? undefined
    return {status: 401, page: signInPage({action, users, email, problem: 'Wrong e-mail or password.'})}
  }

  async function consent(details: Interaction, form: URLSearchParams | undefined): Promise<Step> {
    if (form?.get('decision') === 'allow') return {result: {consent: await grantConsent(provider, details)}}
    const clientId = String(details.params['client_id'])
    const client = await provider.Client.find(clientId)
    const page = consentPage({
      action: url.pathname,
      clientName: client?.clientName ?? clientId,
      email: users.find(({id}) => id === details.session?.accountId)?.email ?? 'nobody',
      scopes: String(details.params['scope'] ?? '')
        .split(' ')
        .filter(Boolean),
    })
    return {status: 200, page}
  }
}
