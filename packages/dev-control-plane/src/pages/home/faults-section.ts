import type {DevAddedFault, DevFault, DevState} from '../../dev/dev-state.js'
import {html, type Html} from '../html.js'
import {command} from './command.js'
import {section} from './section.js'

const groups: readonly {group: DevFault['group']; title: string}[] = [
  {group: 'network', title: 'Network'},
  {group: 'api', title: 'API'},
  {group: 'login', title: 'Login'},
]

export const faultsSection = ({url, faults, added_faults: added}: DevState): Html =>
  section({
    id: 'faults',
    title: 'Faults',
    aside: html`<button type="button" class="small when-scripted" data-all-off>All off</button>`,
    body: html`
      <p>${sumUp(faults)} The one that was switched on first takes a request that two match.</p>
      <p class="unless-scripted">The switches need scripts; the API below works without.</p>
      <fieldset class="holds when-scripted">
        <legend>A switch holds for</legend>
        <label><input type="radio" name="holds" value="every" checked /> every request</label>
        <label><input type="radio" name="holds" value="next" /> the next one only</label>
      </fieldset>
      ${groups.map(
        ({group, title}) => html`
          <h3>${title}</h3>
          <ul class="faults">
            ${faults.filter((one) => one.group === group).map(faultSwitch)}
          </ul>
        `,
      )}
      ${
        added.length === 0
          ? undefined
          : html`
              <h3>Added by a test or a script</h3>
              <ul class="faults">
                ${added.map(addedFault)}
              </ul>
            `
      }
      <details>
        <summary>The same from a script</summary>
        ${[
          `curl -X PUT ${url}/dev/faults/unavailable -H 'content-type: application/json' -d '{"times": 1}'`,
          `curl -X DELETE ${url}/dev/faults`,
          `curl ${url}/dev/state`,
        ].map(command)}
      </details>
    `,
  })

function sumUp(faults: readonly DevFault[]): string {
  const count = faults.filter(({on}) => on).length
  if (count === 0) return 'All are off.'
  return count === 1 ? 'One is on.' : `${count} are on.`
}

function faultSwitch({name, title, sentence, on, hits, times, value, takes}: DevFault): Html {
  const id = `fault-${name}`
  return html`
    <li class="fault" data-key="${name}" data-on="${on ? 'yes' : 'no'}">
      <div class="fault-text">
        <strong id="${id}">${title}</strong>
        <span id="${id}-text">${sentence}</span>
        ${
          takes === undefined
            ? undefined
            : html`<label class="value when-scripted"
                >${takes.label}
                <input
                  type="number"
                  data-value-of="${name}"
                  min="${takes.min}"
                  max="${takes.max}"
                  value="${value}"
                  aria-label="${title}: ${takes.label}, in ${takes.unit === 's' ? 'seconds' : 'milliseconds'}"
                />
                ${takes.unit}</label
              >`
        }
      </div>
      <span class="hits">${hitsOf(hits, on ? times : null)}</span>
      <button
        type="button"
        class="switch when-scripted"
        role="switch"
        aria-checked="${on ? 'true' : 'false'}"
        aria-labelledby="${id}"
        aria-describedby="${id}-text"
        data-fault="${name}"
      ></button>
      <span class="unless-scripted">${on ? 'on' : 'off'}</span>
    </li>
  `
}

const addedFault = ({id, method, path, effect, hits, times}: DevAddedFault): Html => html`
  <li class="fault" data-key="${id}" data-on="${times === null || hits < times ? 'yes' : 'no'}">
    <div class="fault-text">
      <strong><code>${method ?? 'any'} ${path}</code></strong>
      <span>${effect}</span>
    </div>
    <span class="hits">${hitsOf(hits, times)}</span>
    <button type="button" class="small when-scripted" data-remove="${id}" aria-label="Remove ${effect} for ${path}">
      Remove
    </button>
  </li>
`

function hitsOf(hits: number, times: number | null): string {
  if (times !== null) return `${hits} of ${times} hit${times === 1 ? '' : 's'}`
  if (hits === 0) return ''
  return hits === 1 ? '1 hit' : `${hits} hits`
}
