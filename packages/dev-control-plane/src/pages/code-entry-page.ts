import {html} from './html.js'
import {page, type Page} from './page.js'

export interface CodeEntry {
  action: string
  xsrf: string
  /** What went wrong with the code before, as a sentence. */
  problem?: string
  userCode?: string
}

/** RFC 8628 section 3.3: where `verification_uri` leads. */
export function codeEntryPage({action, xsrf, problem, userCode}: CodeEntry): Page {
  return page({
    name: 'code-entry',
    title: 'Connect a device',
    body: html`
      ${
        problem === undefined
          ? html`<p>Enter the code that your terminal shows.</p>`
          : html`<p class="alarm" role="alert">${problem}</p>`
      }
      <form method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <label>
          Code
          <input
            name="user_code"
            value="${userCode}"
            required
            autocomplete="off"
            autocapitalize="characters"
            autofocus
          />
        </label>
        <div class="actions"><button type="submit">Continue</button></div>
      </form>
    `,
  })
}
