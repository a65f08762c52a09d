import {html, type Html} from '../html.js'

export interface SectionContent {
  id: string
  title: string
  /** How many there are, beside the title. */
  count?: number
  /** At the end of the title's line. */
  aside?: Html
  body: Html | readonly Html[]
}

export const section = ({id, title, count, aside, body}: SectionContent): Html => html`
  <section class="card" id="${id}" aria-labelledby="${id}-title" tabindex="-1">
    <div class="card-head">
      <h2 id="${id}-title">${title}${count === undefined ? undefined : html` <span class="count">${count}</span>`}</h2>
      ${aside}
    </div>
    ${body}
  </section>
`

/** A sentence where there is nothing to list. */
export const nothing = (sentence: string | Html): Html => html`<p class="nothing">${sentence}</p>`
