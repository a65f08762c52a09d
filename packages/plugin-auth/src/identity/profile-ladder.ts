import type {Profile} from '../profiles/profile.js'
import type {ProfileStore} from '../profiles/profile-store.js'
import type {FolderBinding} from './folder-binding-store.js'
import type {NamedVariable} from './identity-variables.js'
import type {Ladder, Sourced} from './ladder.js'

/** Whose credential is used. */
export type Who =
  | {kind: 'key'; key: string}
  /** Undefined: the environment has no profile of that name. */
  | {kind: 'profile'; name: string; profile: Profile | undefined}

export interface GivenProfile {
  flag?: string | undefined
  /** The key of the variable, where it counts. */
  key?: NamedVariable | undefined
  /** `LLAMACTL_PROFILE` */
  variable?: NamedVariable | undefined
  binding?(): Promise<FolderBinding | undefined>
}

/** Who this invocation is in one environment. */
export function profileLadder(
  profiles: Pick<ProfileStore, 'list' | 'current'>,
  apiUrl: string,
  {flag, key, variable, binding}: GivenProfile,
): Ladder<Sourced<Who>> {
  const named = async (name: string): Promise<Who> => {
    const profile = (await profiles.list(apiUrl)).find((candidate) => candidate.name === name)
    return {kind: 'profile', name, profile}
  }

  return [
    async () => (flag === undefined ? undefined : {value: await named(flag), source: 'flag', from: '--profile'}),
    async () => key && {value: {kind: 'key', key: key.value}, source: 'variable', from: key.name},
    async () => variable && {value: await named(variable.value), source: 'variable', from: variable.name},
    async () => {
      const bound = await binding?.()
      if (bound?.api_url !== apiUrl) return undefined
      return {value: await named(bound.profile), source: 'binding', from: bound.folder}
    },
    async () => {
      const profile = await profiles.current(apiUrl)
      return profile && {value: {kind: 'profile', name: profile.name, profile}, source: 'current', from: ''}
    },
  ]
}
