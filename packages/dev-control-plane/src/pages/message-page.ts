import {html} from './html.js'
import {page, type Page} from './page.js'

export const successPage = (): Page =>
  page({
    name: 'success',
    title: 'Signed in',
    body: html`<p role="status">You can close this page and go back to your terminal.</p>`,
  })

export const cancelledPage = (): Page =>
  page({
    name: 'cancelled',
    title: 'Cancelled',
    body: html`<p role="status">Nothing was signed in. You can close this page; your terminal knows.</p>`,
  })

export const errorPage = (sentence: string): Page =>
  page({
    name: 'error',
    title: 'That did not work',
    body: html`
      <p class="alarm" role="alert">${sentence}</p>
      <p>Start again from your terminal.</p>
    `,
  })
