import {nextCommands} from './next-commands.js'
import type {Seed, SeedUser} from './seed/seed.js'

/** What the bin prints once it listens. */
export function welcome(
  {url, seed}: {url: string; seed: Seed},
  {requiresAuth = true, browserLogin = true}: {requiresAuth?: boolean; browserLogin?: boolean},
): string {
  const people = requiresAuth
    ? ['', 'Users (for development only):', ...seed.users.map((user) => person(user, seed))]
    : []
  const projectId = seed.projects[0]?.project_id
  const apiKey = seed.api_keys[0]?.secret
  const commands = nextCommands({url, requiresAuth, browserLogin, projectId, apiKey}).map((command) => `  ${command}`)
  const page = 'Open it in a browser to watch logins, keys and requests, and to switch faults on.'
  return [`Dev control plane at ${url}`, page, ...people, '', 'Next:', ...commands, '', 'Stop it with Ctrl-C.'].join(
    '\n',
  )
}

function person({email, password, organizations}: SeedUser, {projects}: Seed): string {
  const count = projects.filter(({org_id}) => organizations.includes(org_id)).length
  return `  ${email}  password ${password}  ${count === 1 ? '1 project' : `${count} projects`}`
}
