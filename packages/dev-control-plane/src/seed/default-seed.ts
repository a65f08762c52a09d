import type {Seed} from './seed.js'

/**
 * Three people for three situations: Ada has to choose a project (two organizations), Grace has exactly one,
 * Linus has none. The API keys are public knowledge and open nothing but a dev control plane.
 */
export const defaultSeed: Readonly<Seed> = {
  organizations: [
    {org_id: 'org-engines', org_name: 'Analytical Engines'},
    {org_id: 'org-compilers', org_name: 'Compilers'},
  ],
  projects: [
    {project_id: 'prj-notes', project_name: 'Notes', deployment_count: 2, org_id: 'org-engines'},
    {project_id: 'prj-invoices', project_name: 'Invoices', deployment_count: 1, org_id: 'org-engines'},
    {project_id: 'prj-sandbox', project_name: 'Sandbox', deployment_count: 0, org_id: 'org-engines'},
    {project_id: 'prj-flow', project_name: 'Flow', deployment_count: 3, org_id: 'org-compilers'},
  ],
  users: [
    {
      id: 'user-ada',
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      password: 'ada',
      organizations: ['org-engines', 'org-compilers'],
    },
    {
      id: 'user-grace',
      email: 'grace@example.com',
      name: 'Grace Hopper',
      password: 'grace',
      organizations: ['org-compilers'],
    },
    {id: 'user-linus', email: 'linus@example.com', name: 'Linus', password: 'linus', organizations: []},
  ],
  api_keys: [
    {name: 'dev key', user: 'ada@example.com', secret: 'llx-dev-ada-only-for-this-machine-4da1', project_id: null},
    {name: 'dev key', user: 'grace@example.com', secret: 'llx-dev-grace-only-for-this-machine-9ce2', project_id: null},
    {name: 'dev key', user: 'linus@example.com', secret: 'llx-dev-linus-only-for-this-machine-11b5', project_id: null},
  ],
}

/** An open-source control plane starts with no deployments, and so without projects. */
export const emptySeed: Readonly<Seed> = {organizations: [], projects: [], users: [], api_keys: []}
