import {html} from './html.js'
import {page, type Page} from './page.js'

export interface Consent {
  action: string
  clientName: string
  email: string
  scopes: readonly string[]
}

export function consentPage({action, clientName, email, scopes}: Consent): Page {
  return page({
    name: 'consent',
    title: `Allow ${clientName}?`,
    body: html`
      <p>You are signed in as <strong>${email}</strong>. ${clientName} will be able to:</p>
      <ul>
        <li>list your projects and make API keys for you</li>
        ${scopes.map((scope) => html`<li>${meanings[scope] ?? scope}</li>`)}
      </ul>
      <form method="post" action="${action}">
        <div class="actions">
          <button type="submit" name="decision" value="allow">Allow</button>
          <button type="submit" name="decision" value="deny" class="quiet">Deny</button>
        </div>
      </form>
      <p class="quiet actions"><a href="${action}?as=another">Use another account</a></p>
    `,
  })
}

const meanings: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  email: 'see your e-mail address',
  profile: 'see your name',
  offline_access: 'stay signed in after you close the terminal',
}
