import {html, type Html} from '../html.js'

/** A line to type, with a button that copies it. */
export const command = (line: string): Html => html`
  <div class="command">
    <code>${line}</code>
    <button type="button" class="small when-scripted" data-copy="${line}" aria-label="Copy: ${line}">Copy</button>
  </div>
`
