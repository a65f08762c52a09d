import type {Identity, Shadows} from '../identity/identity.js'
import {type IgnoredVariable, isIgnored} from '../identity/ignored-variables.js'
import type {Source, Sourced} from '../identity/ladder.js'
import type {Who} from '../identity/profile-ladder.js'
import type {CheckedLogin, LoginState} from '../login/check-login.js'
import type {AuthType} from '../profiles/profile.js'
import {cleanText} from '../untrusted/clean-text.js'
import {withoutWholeKeys} from '../untrusted/without-whole-keys.js'
import {table} from './table.js'

/** What named a value: with `from` the flag, the variable or the folder. Null where there is no value. */
interface Named {
  source: Source | null
  from: string | null
}

/** Who an invocation is, as `--json` shows it. `shadows` are what each value hides, in the order in which it would win. */
export interface StatusView {
  state: LoginState
  /** Whether a command can go on with it, as far as is known: as the exit code says. */
  usable: boolean
  environment: Named & {api_url: string; requires_auth: boolean; shadows: (Named & {api_url: string})[]}
  /** A key in a variable has no name. */
  profile: Named & {name: string | null; auth_type: AuthType | null; shadows: (Named & {name: string | null})[]}
  project: Named & {
    project_id: string | null
    /** Null where the server was not asked, or does not show it to this credential. */
    project_name: string | null
    shadows: (Named & {project_id: string | null})[]
  }
  user: {id: string | null; email: string | null} | null
  /** Where the secret is, and by which engine; null where there is none. */
  credential: {
    store: 'keychain' | 'file' | 'variable'
    engine: string | null
    service: string | null
    account: string | null
  } | null
  /** Null where it does not expire, or nobody said when. */
  expires_at: string | null
  ignored_variables: IgnoredVariable[]
}

export function viewStatus(
  {environment, who, project, shadows, expiresAt}: Identity & {shadows: Shadows; expiresAt: string | null},
  {state, user, projects, failure}: CheckedLogin,
  ignored: IgnoredVariable[],
): StatusView {
  const profile = who?.value.kind === 'profile' ? who.value.profile : undefined
  const email = user?.email ?? profile?.oidc?.email ?? null
  const known = projects?.find(({project_id}) => project_id === project?.value)
  return {
    state,
    usable: !failure,
    environment: {
      api_url: environment.value.api_url,
      requires_auth: environment.value.requires_auth,
      ...named(environment),
      shadows: shadows.environment.map((hidden) => ({api_url: hidden.value.api_url, ...named(hidden)})),
    },
    profile: {
      name: nameOf(who),
      auth_type: who?.value.kind === 'key' ? 'token' : (profile?.auth_type ?? null),
      ...named(who),
      shadows: shadows.who.map((hidden) => ({name: nameOf(hidden), ...named(hidden)})),
    },
    project: {
      project_id: project ? withoutWholeKeys(project.value) : null,
      project_name: known?.project_name ?? null,
      ...named(project),
      shadows: shadows.project.map((hidden) => ({project_id: withoutWholeKeys(hidden.value), ...named(hidden)})),
    },
    user: user || email ? {id: user?.id ?? null, email} : null,
    credential: credentialOf(who),
    expires_at: expiresAt,
    ignored_variables: ignored,
  }
}

/** One line a value: what it is, what named it, and what it hides. */
export function statusText(view: StatusView): string {
  const {environment, profile, project, user, credential, state, expires_at, ignored_variables: ignored} = view
  const rows = [
    ['Environment', environment.api_url, because(environment, environment.shadows, ({api_url}) => api_url)],
    ['Profile', profile.name ?? (profile.source ? 'an API key' : 'none'), because(profile, profile.shadows, nameShown)],
    ['Project', projectShown(project), because(project, project.shadows, ({project_id}) => project_id ?? 'none')],
    ...(user ? [['User', [user.email, user.id].filter(Boolean).join(', '), '']] : []),
    ['Secret', credential ? placeShown(credential) : 'none', ''],
    ...(expires_at ? [['Expires', expires_at, '']] : []),
    ['State', state, ''],
  ]
  return [
    table(
      ['', '', ''],
      rows.map((cells) => cells.map((cell) => cleanText(cell, 500))),
    ).trimStart(),
    ...ignored.map(isIgnored),
  ].join('\n')
}

const named = (sourced: Sourced<unknown> | undefined): Named => ({
  source: sourced?.source ?? null,
  from: sourced?.from || null,
})

function nameOf(who: Sourced<Who> | undefined): string | null {
  if (who?.value.kind !== 'profile') return null
  return who.value.profile ? who.value.name : withoutWholeKeys(who.value.name)
}

function credentialOf(who: Sourced<Who> | undefined): StatusView['credential'] {
  if (who?.value.kind === 'key') return {store: 'variable', engine: null, service: null, account: null}
  const reference = who?.value.profile?.credential
  if (!reference) return null
  const {store, engine, service, account} = reference
  return {store, engine, service, account}
}

/** What says the same is not shown twice. */
function because<S extends Named>(winner: S, shadows: S[], text: (value: S) => string): string {
  const others = shadows.filter((shadow) => text(shadow) !== text(winner))
  const over = others.map((shadow) => `${sourceShown(shadow)}: ${text(shadow)}`)
  const by = sourceShown(winner)
  return over.length > 0 ? `${by}, over ${over.join(', ')}` : by
}

function sourceShown({source, from}: Named): string {
  if (source === 'binding') return `bound to ${from}`
  if (source === 'profile') return 'of the profile'
  if (source === 'default') return from ? `default of ${from}` : 'default'
  return from ?? source ?? ''
}

const nameShown = ({name}: {name: string | null}): string => name ?? 'an API key'

const projectShown = ({project_id, project_name}: StatusView['project']): string =>
  project_id === null ? 'none' : project_name ? `${project_id} (${project_name})` : project_id

const placeShown = ({store, engine, service, account}: NonNullable<StatusView['credential']>): string =>
  store === 'variable'
    ? 'in the variable'
    : store === 'file'
      ? `file credentials/${account}.json`
      : `keychain, by ${engine} (service ${service}, account ${account})`
