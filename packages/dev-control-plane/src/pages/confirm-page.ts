import {html} from './html.js'
import {page, type Page} from './page.js'

export interface Confirm {
  action: string
  xsrf: string
  clientName: string
  userCode: string
  requestIp: string
}

/** RFC 8628 section 5.4: the person compares the code, so that a code somebody else sent is noticed. */
export function confirmPage({action, xsrf, clientName, userCode, requestIp}: Confirm): Page {
  return page({
    name: 'confirm',
    title: 'Is this your terminal?',
    body: html`
      <p><strong>${clientName}</strong> asks to sign in. Your terminal has to show exactly this code:</p>
      <code class="code" data-user-code>${userCode}</code>
      <p class="quiet">The request came from ${requestIp}. If you did not start this, cancel.</p>
      <form method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <input type="hidden" name="user_code" value="${userCode}" />
        <input type="hidden" name="confirm" value="yes" />
        <div class="actions">
          <button type="submit">The codes match</button>
          <button type="submit" name="abort" value="yes" class="quiet">Cancel</button>
        </div>
      </form>
    `,
  })
}
