import {html} from './html.js'
import {page, type Page} from './page.js'

export interface Forward {
  title: string
  sentence: string
  action: string
  fields: Readonly<Record<string, string>>
}

/** A form that sends itself where scripts run, and has a button where they do not. */
export function forwardPage({title, sentence, action, fields}: Forward): Page {
  return page({
    name: 'forward',
    title,
    script: 'document.forms[0].submit()',
    body: html`
      <p>${sentence}</p>
      <form method="post" action="${action}">
        ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <div class="actions"><button type="submit">Continue</button></div>
      </form>
    `,
  })
}
