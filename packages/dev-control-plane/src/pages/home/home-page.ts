import type {DevState} from '../../dev/dev-state.js'
import {html, type Html} from '../html.js'
import {securityHeaders, type Page} from '../page.js'
import {apiKeysSection} from './api-keys-section.js'
import {deviceCodesSection} from './device-codes-section.js'
import {faultsSection} from './faults-section.js'
import {projectsSection} from './projects-section.js'
import {requestsSection} from './requests-section.js'
import {startSection} from './start-section.js'
import {usersSection} from './users-section.js'

/** What a person sees who opens the control plane's URL in a browser; `assets/home.js` keeps it up to date. */
export function homePage(state: DevState): Page {
  const {markup} = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/dev/home.css" />
        <script type="module" src="/dev/home.js"></script>
        <title>Dev control plane</title>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div class="brand">
            <h1>Dev control plane</h1>
            <p><code>${state.url}</code></p>
          </div>
          <p class="pill" id="connection" data-is="still"><span class="when-scripted">Connecting …</span></p>
        </header>
        <p class="gone" id="gone" role="alert" hidden></p>
        <p class="unseen" id="news" role="status"></p>
        <nav class="places" aria-label="On this page">
          <ul>
            ${placesOf(state).map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        <main data-page="home" id="main" tabindex="-1">${homeContent(state)}</main>
        <footer>
          For development, on this machine only. Everything is in memory and gone when it stops. Not LlamaCloud: type no
          real password here.
        </footer>
      </body>
    </html>`
  return {markup, headers: {...securityHeaders, 'content-security-policy': contentSecurityPolicy}}
}

/** The part that changes while somebody looks at it. */
export const homeContent = (state: DevState): Html => html`
  <div class="first">${startSection(state)} ${state.issuer === null ? undefined : deviceCodesSection(state)}</div>
  ${faultsSection(state)}
  <div class="rest">
    ${requestsSection(state)} ${state.requires_auth ? usersSection(state) : undefined} ${projectsSection(state)}
    ${state.requires_auth ? apiKeysSection(state) : undefined}
  </div>
`

const placesOf = ({issuer, requires_auth}: DevState): [string, string][] => [
  ['start', 'Start'],
  ...(issuer === null ? [] : ([['device-codes', 'Device codes']] satisfies [string, string][])),
  ['faults', 'Faults'],
  ['requests', 'Requests'],
  ...(requires_auth ? ([['users', 'Users']] satisfies [string, string][]) : []),
  ['projects', 'Projects'],
  ...(requires_auth ? ([['api-keys', 'API keys']] satisfies [string, string][]) : []),
]

const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join('; ')
