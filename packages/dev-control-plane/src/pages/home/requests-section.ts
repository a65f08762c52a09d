import type {DevRequest, DevState} from '../../dev/dev-state.js'
import type {BearerKind} from '../../http/request-log.js'
import {html, type Html} from '../html.js'
import {nothing, section} from './section.js'
import {table} from './table.js'
import {clock} from './time.js'

const columns = [
  {title: 'Time', look: 'time'},
  {title: 'Method', look: 'method'},
  {title: 'Path', look: 'path'},
  {title: 'Credential', look: 'credential'},
  {title: 'Status', look: 'status'},
  {title: 'ms', look: 'number'},
]

const credentials: Readonly<Record<BearerKind, string>> = {
  none: '–',
  'api-key': 'API key',
  'access-token': 'access token',
  invalid: 'refused',
}

export const requestsSection = ({requests}: DevState): Html =>
  section({
    id: 'requests',
    title: 'Last requests',
    body:
      requests.length === 0
        ? nothing('None yet. What a client asks appears here.')
        : html`<div class="scroll requests" role="region" aria-label="Last requests, the newest first" tabindex="0">
            ${table(
              'Last requests',
              columns,
              requests.map((request) => ({key: String(request.number), cells: cells(request)})),
            )}
          </div>`,
  })

const cells = ({at, method, path, parameters, bearer, status, ms}: DevRequest): (Html | string)[] => [
  clock(at),
  html`<code>${method}</code>`,
  html`<code>${path}${parameters.length === 0 ? '' : `?${parameters.map((name) => `${name}=…`).join('&')}`}</code>`,
  credentials[bearer],
  statusOf(status, ms),
  ms === null ? '…' : String(ms),
]

function statusOf(status: number | null, ms: number | null): Html {
  if (status !== null) return html`<span class="badge" data-class="${Math.floor(status / 100)}">${status}</span>`
  return ms === null ? html`…` : html`<span class="badge" data-class="5">dropped</span>`
}
