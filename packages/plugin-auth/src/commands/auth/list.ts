import {Args} from '@oclif/core'
import {BaseCommand, outputFlag} from '../../base-command.js'
import type {FolderBinding} from '../../identity/folder-binding-store.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {table} from '../../output/table.js'
import {profileNotFound} from '../../profiles/choose-profile.js'
import {cleanText} from '../../untrusted/clean-text.js'

/** `folders` are those that are bound to the profile. */
export type ListedProfileView = ProfileView & {folders: string[]}

/** One profile where a NAME was given. */
export type AuthListResult = ListedProfileView[] | ListedProfileView

export default class AuthList extends BaseCommand<typeof AuthList> {
  static override summary = 'List the profiles of the current environment.'
  static override description =
    'The current profile is marked with *. No server and no keychain is asked. With NAME, -o json and yaml print that profile alone.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --environment https://api.cloud.eu.llamaindex.ai',
    '<%= config.bin %> <%= command.id %> -o json',
  ]
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['auth:get']
  static override args = {name: Args.string({name: 'NAME', description: 'Only this profile.'})}
  static override flags = {...outputFlag}
  static completion = {args: {name: 'profile'}}

  async run(): Promise<AuthListResult> {
    const {name} = this.args
    const views = await this.views()
    const result = name === undefined ? views : this.named(name, views)
    if (views.length === 0) await this.sayHowToLogIn()
    await this.print(result, profileTable)
    await this.sayWhatWins(views.find(({active}) => active))
    return result
  }

  private async views(): Promise<ListedProfileView[]> {
    const {profiles, bindings} = this.services
    const {api_url: apiUrl} = this.environment
    const known = await profiles.list(apiUrl)
    const current = await this.orWarn(profiles.current(apiUrl))
    const folders = foldersByProfile((await bindings.list()).filter((binding) => binding.api_url === apiUrl))
    return known.map((profile) =>
      Object.assign(viewProfile(profile, {apiUrl, active: profile.id === current?.id}), {
        folders: folders.get(profile.name) ?? [],
      }),
    )
  }

  private named(name: string, views: ListedProfileView[]): ListedProfileView {
    const view = views.find((candidate) => candidate.name === name)
    if (view) return view
    throw profileNotFound(name, views, this.environment.api_url)
  }

  private async sayHowToLogIn(): Promise<void> {
    const {api_url: apiUrl, requires_auth} = this.environment
    const login = this.commandLine(requires_auth ? 'auth:login' : 'auth:token')
    this.say(`No profiles in ${apiUrl}. Log in with: ${login}`)
    if (this.host.isLlamaCloud && !this.jsonEnabled()) await this.orWarn(this.hintAtImport())
  }

  /** Once: to somebody who comes from the Python llamactl, and has no profile here yet. */
  private async hintAtImport(): Promise<void> {
    const {environments, profiles} = this.services
    for (const {api_url: apiUrl} of await environments.list()) {
      if ((await profiles.list(apiUrl)).length > 0) return
    }

    const migration = await this.services.migration()
    const database = await migration.unseen()
    if (database === undefined) return
    this.say(
      `The Python llamactl has profiles in ${database}. See them with: ${this.commandLine('auth:import', '--dry-run')}`,
    )
    await migration.markSeen()
  }
}

function foldersByProfile(bindings: FolderBinding[]): Map<string, string[]> {
  const folders = new Map<string, string[]>()
  for (const {profile, folder} of bindings) folders.set(profile, [...(folders.get(profile) ?? []), folder])
  return folders
}

/** Where folders are bound, each profile says to which ones. */
function profileTable(views: ListedProfileView[]): string {
  const isAnyBound = views.some(({folders}) => folders.length > 0)
  return table(
    [' ', 'NAME', 'PROJECT_ID', 'AUTH', 'STORE', ...(isAnyBound ? ['FOLDERS'] : [])],
    views.map(({active, name, project_id, auth_type, credential_store, folders}) => [
      active ? '*' : ' ',
      name,
      project_id ?? '-',
      auth_type,
      credential_store,
      ...(isAnyBound ? [cleanText(folders.join(', '), 500) || '-'] : []),
    ]),
  )
}
