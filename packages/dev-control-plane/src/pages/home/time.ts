import {html, type Html} from '../html.js'

/** As `14:03:22`, where the server is, which is where its reader is. */
export const clock = (iso: string): Html => time(iso, new Date(iso).toTimeString().slice(0, 8))

/** As `2026-03-01 14:03`. */
export function date(iso: string): Html {
  const at = new Date(iso)
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
  return time(iso, `${day} ${at.toTimeString().slice(0, 5)}`)
}

/** The page's script counts down; without it, the time when it is over. */
export const until = (iso: string): Html =>
  html`<time datetime="${iso}" data-until>${new Date(iso).toTimeString().slice(0, 8)}</time>`

const time = (iso: string, text: string): Html => html`<time datetime="${iso}">${text}</time>`
