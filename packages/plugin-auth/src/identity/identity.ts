import type {EnvironmentStore} from '../environments/environment-store.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import {environmentLadder, type ResolvedEnvironment, resolveEnvironment} from './environment-ladder.js'
import type {FolderBinding} from './folder-binding-store.js'
import type {IdentityVariables, NamedVariable} from './identity-variables.js'
import {allOf, firstOf, type Ladder, type Sourced} from './ladder.js'
import {profileLadder, type Who} from './profile-ladder.js'

/** What this invocation uses: each value with what named it. */
export interface Identity {
  environment: ResolvedEnvironment
  /** Undefined: nobody is logged in there, or nobody current. */
  who: Sourced<Who> | undefined
  /** Undefined: none was chosen. */
  project: Sourced<string> | undefined
}

/** What each value hides, in the order in which it would win. */
export interface Shadows {
  environment: ResolvedEnvironment[]
  who: Sourced<Who>[]
  project: Sourced<string>[]
}

export interface GivenIdentity {
  flags: {environment?: string | undefined; profile?: string | undefined; projectId?: string | undefined}
  variables: IdentityVariables
  /** That of the folder in which the command runs. */
  binding(): Promise<FolderBinding | undefined>
}

export interface IdentityPorts {
  environments: EnvironmentStore
  profiles: Pick<ProfileStore, 'list' | 'current'>
}

/**
 * The environment, the profile and the project of this invocation. A flag wins over the variables; the key of the variable
 * counts only together with a project, and takes its own environment with it; then come the profile of the variable, the
 * binding of the folder, and what is current. Changes nothing. A profile that nobody has is not replaced by another one.
 */
export async function resolveIdentity(ports: IdentityPorts, given: GivenIdentity): Promise<Identity> {
  const environment = await resolveEnvironment(ports.environments, environmentGiven(given))
  const who = await firstOf(profiles(ports, environment, given))
  return {environment, who, project: await firstOf(projectLadder(given, who))}
}

/** The same with everything that is hidden by it. What cannot be read of that goes to `orWarn`. */
export async function explainIdentity(
  ports: IdentityPorts,
  given: GivenIdentity,
  orWarn: <T>(work: Promise<T>) => Promise<T | undefined>,
): Promise<Identity & {shadows: Shadows}> {
  const [environment, ...environments] = await allOf(
    environmentLadder(ports.environments, environmentGiven(given)),
    orWarn,
  )
  if (!environment) throw new Error('There is always a default environment')
  const [who, ...others] = await allOf(profiles(ports, environment, given), orWarn)
  const [project, ...projects] = await allOf(projectLadder(given, who), orWarn)
  return {
    environment,
    who,
    project,
    shadows: {environment: environments.filter(({source}) => source !== 'default'), who: others, project: projects},
  }
}

/** The key of the variable, where it counts: with a project, and not in an environment that a flag names. */
const keyThatCounts = ({flags, variables}: GivenIdentity): NamedVariable | undefined =>
  flags.environment === undefined && (variables.project ?? flags.projectId) ? variables.apiKey : undefined

const namesIdentity = ({environment, profile}: GivenIdentity['flags']): boolean =>
  environment !== undefined || profile !== undefined

const environmentGiven = (given: GivenIdentity) => ({
  flag: given.flags.environment,
  variable: given.variables.baseUrl,
  keyVariable: given.flags.profile === undefined ? keyThatCounts(given) : undefined,
  binding: given.binding,
})

const profiles = (ports: IdentityPorts, environment: ResolvedEnvironment, given: GivenIdentity) =>
  profileLadder(ports.profiles, environment.value.api_url, {
    flag: given.flags.profile,
    key: keyThatCounts(given),
    variable: given.variables.profile,
    binding: given.binding,
  })

/** A project of the variables belongs to the key beside it, not to a profile that a flag names. */
function projectLadder({flags, variables}: GivenIdentity, who: Sourced<Who> | undefined): Ladder<Sourced<string>> {
  const {projectId} = flags
  const {project} = variables
  const ofProfile = who?.value.kind === 'profile' ? who.value.profile?.project_id : undefined
  return [
    async () => (projectId === undefined ? undefined : {value: projectId, source: 'flag', from: '--project-id'}),
    async () =>
      project && !namesIdentity(flags) ? {value: project.value, source: 'variable', from: project.name} : undefined,
    async () => (ofProfile ? {value: ofProfile, source: 'profile', from: ''} : undefined),
  ]
}
