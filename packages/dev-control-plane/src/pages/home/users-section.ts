import type {DevState} from '../../dev/dev-state.js'
import {html, type Html} from '../html.js'
import {section} from './section.js'
import {table} from './table.js'

const columns = [{title: 'Name', look: 'lead'}, {title: 'Email', look: 'email'}, {title: 'Organizations'}]

/** Without passwords: the page where one signs in offers a button for each user. */
export const usersSection = ({users, organizations}: DevState): Html =>
  section({
    id: 'users',
    title: 'Users',
    count: users.length,
    body: table(
      'Users',
      columns,
      users.map(({id, name, email, organizations: ids}) => ({
        key: id,
        cells: [
          html`<strong>${name}</strong>`,
          email,
          ids.map((orgId) => organizations.find(({org_id}) => org_id === orgId)?.org_name ?? orgId).join(', ') ||
            'none',
        ],
      })),
    ),
  })
