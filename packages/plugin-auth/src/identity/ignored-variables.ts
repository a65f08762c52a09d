import type {GivenIdentity} from './identity.js'

/** A variable that is set and does not count, and why: the end of a sentence. */
export interface IgnoredVariable {
  variable: string
  reason: string
}

/** What `resolveIdentity` passes over, for a person who set it and wonders. */
export function ignoredVariables({flags, variables}: Pick<GivenIdentity, 'flags' | 'variables'>): IgnoredVariable[] {
  const ignored = variables.skipped.map((variable) => ({variable, reason: `${variables.names.useProfile} is on`}))
  const flag = flags.environment === undefined ? flags.profile !== undefined && '--profile' : '--environment'
  const {apiKey, project} = variables
  if (flag && project) ignored.push({variable: project.name, reason: `${flag} wins over it`})
  if (apiKey === undefined) return ignored
  if (flag === '--environment') ignored.push({variable: apiKey.name, reason: `${flag} wins over it`})
  else if (!project && flags.projectId === undefined) {
    ignored.push({variable: apiKey.name, reason: `a project is missing beside it, ${variables.names.projects[0]}`})
  }

  return ignored
}

export const isIgnored = ({variable, reason}: IgnoredVariable): string =>
  `${variable} is set, and does not count: ${reason}.`
