import {createHash} from 'node:crypto'

import {html, trusted, type Html} from './html.js'
import {style} from './style.js'

/** A finished page and the headers it must be sent with. */
export interface Page {
  readonly markup: string
  readonly headers: Readonly<Record<string, string>>
}

export interface PageContent {
  /** Names the page to scripts, as `<main data-page="…">`. */
  name: string
  title: string
  body: Html
  wide?: boolean
  /** A constant of ours, never built from a request. */
  script?: string
}

/** The layout all pages share. */
export function page({name, title, body, wide, script}: PageContent): Page {
  const {markup} = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="data:," />
        <title>${title} · dev control plane</title>
        ${element('style', style)}
      </head>
      <body>
        <main data-page="${name}" class="${wide ? 'wide' : 'narrow'}">
          <h1>${title}</h1>
          ${body}
        </main>
        <footer>Dev control plane on this machine. Not LlamaCloud: type no real password here.</footer>
        ${script === undefined ? undefined : element('script', script)}
      </body>
    </html>`
  return {markup, headers: {...securityHeaders, 'content-security-policy': contentSecurityPolicy(script)}}
}

/** What every page is sent with, beside its own content security policy. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

// Chrome applies form-action to the redirect after a form too: the authorization code goes to a loopback port.
function contentSecurityPolicy(script: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${script === undefined ? "'none'" : hash(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self' http://127.0.0.1:* http://localhost:*",
  ].join('; ')
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const element = (name: 'style' | 'script', text: string): Html => trusted(`<${name}>${text}</${name}>`)
