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
  const commands = nextCommands({url, seed, requiresAuth, browserLogin}).map((command) => `  ${command}`)
  return [`Dev control plane at ${url}`, ...people, '', 'Next:', ...commands, '', 'Stop it with Ctrl-C.'].join('\n')
}

function person({email, password, organizations}: SeedUser, {projects}: Seed): string {
  const count = projects.filter(({org_id}) => organizations.includes(org_id)).length
  return `  ${email}  password ${password}  ${count === 1 ? '1 project' : `${count} projects`}`
}
