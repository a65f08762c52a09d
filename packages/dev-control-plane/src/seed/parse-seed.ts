import {fieldsOf, type Fields} from '../fields.js'
import type {Seed, SeedApiKey, SeedOrganization, SeedProject, SeedUser} from './seed.js'

/**
 * Narrows what a seed file or an option says, and fills in what was left out.
 *
 * @throws Error whose message names the field, as in `users[1].email is missing`.
 */
export function parseSeed(value: unknown): Seed {
  const seed = fieldsOf(value, '')
  const organizations = (seed.objects('organizations') ?? [defaultOrganization()]).map(organization)
  refuseTwins(seed, 'organizations', organizations, 'org_id')

  const orgIds = organizations.map(({org_id}) => org_id)
  const projects = (seed.objects('projects') ?? []).map((fields) => project(fields, orgIds))
  refuseTwins(seed, 'projects', projects, 'project_id')

  const users = (seed.objects('users') ?? []).map((fields) => user(fields, orgIds))
  refuseTwins(seed, 'users', users, 'email')
  refuseTwins(seed, 'users', users, 'id')

  const api_keys = (seed.objects('api_keys') ?? []).map((fields) => apiKey(fields, users, projects))
  refuseTwins(seed, 'api_keys', api_keys, 'secret')
  seed.end()
  return {users, organizations, projects, api_keys}
}

const defaultOrganization = (): Fields => fieldsOf({org_id: 'default', org_name: 'Default'}, 'organizations[0]')

function organization(fields: Fields): SeedOrganization {
  const org_id = fields.text('org_id')
  const org_name = fields.text('org_name', org_id)
  fields.end()
  return {org_id, org_name}
}

function project(fields: Fields, orgIds: string[]): SeedProject {
  const project_id = fields.text('project_id')
  const project_name = fields.text('project_name', project_id)
  const deployment_count = fields.count('deployment_count', 0)
  const org_id = fields.text('org_id', orgIds[0] ?? 'default')
  if (orgIds.length > 0 && !orgIds.includes(org_id)) fields.refuse('org_id', `names no organization: ${org_id}`)
  fields.end()
  return {project_id, project_name, deployment_count, org_id}
}

function user(fields: Fields, orgIds: string[]): SeedUser {
  const email = fields.text('email')
  const password = fields.text('password')
  const name = fields.text('name', email)
  const id = fields.text('id', `user-${email}`)
  const organizations = fields.texts('organizations', orgIds)
  const stranger = organizations.find((orgId) => !orgIds.includes(orgId))
  if (stranger !== undefined) fields.refuse('organizations', `names no organization: ${stranger}`)
  fields.end()
  return {id, email, name, password, organizations}
}

function apiKey(fields: Fields, users: SeedUser[], projects: SeedProject[]): SeedApiKey {
  const owner = fields.text('user')
  const secret = fields.text('secret')
  const name = fields.text('name', 'dev key')
  const project_id = fields.text('project_id', null)
  if (!users.some(({email}) => email === owner)) fields.refuse('user', `names no user: ${owner}`)
  if (!secret.startsWith('llx-')) fields.refuse('secret', 'does not start with llx-')
  if (project_id !== null && !projects.some((known) => known.project_id === project_id)) {
    fields.refuse('project_id', `names no project: ${project_id}`)
  }

  fields.end()
  return {user: owner, secret, name, project_id}
}

function refuseTwins<T>(seed: Fields, list: keyof Seed, items: T[], key: keyof T & string): void {
  items.forEach((item, index) => {
    const first = items.findIndex((other) => other[key] === item[key])
    if (first < index) seed.refuse(`${list}[${index}].${key}`, `is the same as ${list}[${first}].${key}`)
  })
}
