import type {DevState} from '../../dev/dev-state.js'
import {html, type Html} from '../html.js'
import {nothing, section} from './section.js'
import {until} from './time.js'

/** Logins that wait for a person. */
export const deviceCodesSection = ({device_codes: codes}: DevState): Html =>
  section({
    id: 'device-codes',
    title: 'Pending device codes',
    count: codes.length,
    body:
      codes.length === 0
        ? nothing(html`No login waits. <code>llamactl auth login</code> starts one.`)
        : html`<ul class="codes">
            ${codes.map(
              ({user_code, client_id, expires_at, link}) => html`
                <li data-key="${user_code}" data-user-code="${user_code}">
                  <div>
                    <code class="user-code">${user_code}</code>
                    <span class="quiet">${client_id}, expires <span class="nowrap">${until(expires_at)}</span></span>
                  </div>
                  <a class="button" href="${link}" target="_blank" rel="noopener" aria-label="Approve ${user_code}"
                    >Approve</a
                  >
                </li>
              `,
            )}
          </ul>`,
  })
