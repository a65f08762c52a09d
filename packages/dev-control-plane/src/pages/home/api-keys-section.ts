import type {DevState} from '../../dev/dev-state.js'
import {html, type Html} from '../html.js'
import {nothing, section} from './section.js'
import {table} from './table.js'
import {date} from './time.js'

const columns = [
  {title: 'Key', look: 'lead'},
  {title: 'Owner', look: 'email'},
  {title: 'Project'},
  {title: 'Created', look: 'date'},
  {title: 'Expires', look: 'date'},
]

export const apiKeysSection = ({api_keys: keys}: DevState): Html =>
  section({
    id: 'api-keys',
    title: 'API keys',
    count: keys.length,
    body:
      keys.length === 0
        ? nothing('None. A login makes one.')
        : table(
            'API keys',
            columns,
            keys.map(({id, name, redacted, user, project_id, created_at, expires_at}) => ({
              key: id,
              cells: [
                html`<strong>${name}</strong><code>${redacted}</code>`,
                user,
                project_id === null ? 'all' : html`<code>${project_id}</code>`,
                date(created_at),
                expires_at === null ? 'never' : date(expires_at),
              ],
            })),
          ),
  })
