import type {DevState} from '../../dev/dev-state.js'
import {html, type Html} from '../html.js'
import {nothing, section} from './section.js'
import {table} from './table.js'

const columns = [{title: 'Project', look: 'lead'}, {title: 'ID'}, {title: 'Deployments', look: 'number'}]

export function projectsSection({organizations, projects}: DevState): Html {
  // A server without auth has projects of an organization that it never lists.
  const stray = [...new Set(projects.map(({org_id}) => org_id))].filter(
    (id) => !organizations.some(({org_id}) => org_id === id),
  )
  const all = [...organizations, ...stray.map((org_id) => ({org_id, org_name: org_id}))]
  return section({
    id: 'projects',
    title: 'Organizations and projects',
    count: projects.length,
    body: all.length === 0 ? nothing('None.') : all.map(({org_id, org_name}) => organization(org_id, org_name)),
  })

  function organization(id: string, name: string): Html {
    const own = projects.filter(({org_id}) => org_id === id)
    const rows = own.map(({project_id, project_name, deployment_count}) => ({
      key: project_id,
      cells: [html`<strong>${project_name}</strong>`, html`<code>${project_id}</code>`, String(deployment_count)],
    }))
    return html`
      <h3>${name} <code class="quiet">${id}</code></h3>
      ${own.length === 0 ? nothing('No projects.') : table(`Projects of ${name}`, columns, rows)}
    `
  }
}
