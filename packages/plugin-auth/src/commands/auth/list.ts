import {AuthCommand, outputFlag} from '../../auth-command.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {table} from '../../output/table.js'

export type AuthListResult = ProfileView[]

export default class AuthList extends AuthCommand<typeof AuthList> {
  static override summary = 'List the profiles of the current environment.'
  static override description = 'The current profile is marked with *. No server and no keychain is asked.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --environment https://api.cloud.eu.llamaindex.ai',
    '<%= config.bin %> <%= command.id %> -o json',
  ]
  static override flags = {...outputFlag}

  async run(): Promise<AuthListResult> {
    const {api_url: apiUrl, requires_auth} = this.environment
    const profiles = await this.services.profiles.list(apiUrl)
    const current = await this.orWarn(this.services.profiles.current(apiUrl))
    const views = profiles.map((profile) => viewProfile(profile, {apiUrl, active: profile.id === current?.id}))

    if (views.length === 0) {
      this.say(
        `No profiles in ${apiUrl}. Log in with: ${this.commandLine(requires_auth ? 'auth:login' : 'auth:token')}`,
      )
      if (!this.jsonEnabled()) await this.orWarn(this.hintAtImport())
    }

    await this.print(views, profileTable)
    return views
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

const profileTable = (views: ProfileView[]): string =>
  table(
    [' ', 'NAME', 'PROJECT_ID', 'AUTH', 'STORE'],
    views.map(({active, name, project_id, auth_type, credential_store}) => [
      active ? '*' : ' ',
      name,
      project_id ?? '-',
      auth_type,
      credential_store,
    ]),
  )
