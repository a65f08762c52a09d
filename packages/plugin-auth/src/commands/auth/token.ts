import {Flags} from '@oclif/core'
import {BaseCommand, interactiveFlag} from '../../base-command.js'
import type {ControlPlaneClient} from '../../control-plane/control-plane-client.js'
import {AuthError, isAuthError, suggest} from '../../errors.js'
import {findTokenProfile} from '../../login/find-token-profile.js'
import {saveLogin, type SaveLogin} from '../../login/save-login.js'
import {selectProject} from '../../login/select-project.js'
import {readApiKey} from '../../login/read-api-key.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import type {Profile} from '../../profiles/profile.js'
import {projectList} from '../../profiles/choose-project.js'
import {readProfileName, redactedKey, uniqueName} from '../../profiles/profile-name.js'
import {readProjectId} from '../../profiles/project-id.js'
import {askProject, askProjectId} from '../../prompts/ask-project.js'
import type {Secret} from '../../secret.js'
import {withNotice, withProgress} from '../../progress.js'

export type AuthTokenResult = ProfileView

export default class AuthToken extends BaseCommand<typeof AuthToken> {
  static override isRecorded = true
  static override takesBaseUrl = ['known', 'new'] as const
  static override summary = 'Make a profile from an API key, and make it current.'
  static override description = `The key is checked by listing your projects, then kept in the keychain of this computer. It is taken from --api-key, else \
from LLAMA_CLOUD_API_KEY, else it is asked for. Prefer \`--api-key -\`, which reads standard input: a key on the command \
line can be seen by other users of this computer and stays in the history of the shell.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    'pass show llama-cloud | <%= config.bin %> <%= command.id %> --api-key - --project-id 8f0e2c6a-project-id',
    '<%= config.bin %> <%= command.id %> --name ci --no-interactive',
  ]
  static override flags = {
    'api-key': Flags.string({description: 'The API key, or - to read it from standard input.', helpValue: 'KEY|-'}),
    'project-id': Flags.string({aliases: ['project'], description: 'Project to work in.', helpValue: 'ID'}),
    name: Flags.string({description: 'Name of the profile. [default: the redacted key]'}),
    'insecure-storage': Flags.boolean({
      description: 'Keep the key in a plain file that only you can read, not in the keychain.',
    }),
    ...interactiveFlag,
  }
  static completion = {flags: {'project-id': 'project'}, suggestsInstalling: true}

  async run(): Promise<AuthTokenResult> {
    if (this.flags['api-key'] !== undefined) hideCommandLine(this.config.bin)
    const environment = await this.settledEnvironment()
    const login = environment.requires_auth ? await this.withKey() : await this.withoutKey()
    const warn = (text: string) => this.warning(text)
    const known = await this.services.profiles.list(environment.api_url)
    const profile = await this.cancellation.uninterrupted((checkpoint) =>
      withProgress('Keeping the profile', saveLogin({...this.services, checkpoint, warn}, {environment, ...login})),
    )
    this.trail?.note({apiUrl: environment.api_url, profile: profile.name, result: 'done'})
    this.changed({change: 'login', apiUrl: environment.api_url, profile: profile.name})
    await this.followName(known, profile)
    await this.sweep(environment.api_url)

    this.log(`Logged in to ${environment.api_url} as ${profile.name}, project ${profile.project_id}.`)
    await this.sayWhatWins(profile)
    return viewProfile(profile, {apiUrl: environment.api_url, active: true})
  }

  private async withKey(): Promise<Omit<SaveLogin, 'environment'>> {
    const {storeOf} = this.services
    const wantedName = this.flags.name === undefined ? undefined : readProfileName(this.flags.name)
    const store = await this.services.chooseStore({insecureStorage: this.flags['insecure-storage']})
    const {key, projectId} = await this.checked(await this.givenKey())
    const hint = redactedKey(key.reveal())
    return {
      secret: {credential: {apiKey: key}, store},
      find: (known) => findTokenProfile(storeOf, known, {key, name: wantedName}),
      describe: (existing, taken) => ({
        ...existing,
        name: wantedName ?? existing?.name ?? uniqueName(hint, taken),
        project_id: projectId,
        auth_type: 'token',
        key_hint: hint,
      }),
    }
  }

  private async withoutKey(): Promise<Omit<SaveLogin, 'environment'>> {
    const {profiles, prompter} = this.services
    const {api_url: apiUrl} = this.environment
    if (this.flags['api-key'] !== undefined) this.say(`${apiUrl} needs no API key. The one you gave is not kept.`)
    const name = this.flags.name === undefined ? 'default' : readProfileName(this.flags.name)
    const find = (known: Profile[]) => known.find((profile) => profile.name === name && !profile.credential)
    const given = this.flags['project-id']
    if (given === undefined && !prompter.interactive) throw projectMissing([])
    const projectId = readProjectId(given ?? (await this.askedProjectId(find(await profiles.list(apiUrl)))))
    return {
      find,
      describe: (existing, taken) => ({
        ...existing,
        name: uniqueName(name, taken),
        project_id: projectId,
        auth_type: 'none',
      }),
    }
  }

  private async askedProjectId(existing: Profile | undefined): Promise<string> {
    const server = await this.services.controlPlane(this.environment.api_url)
    const projects = await withProgress('Asking for the projects', server.projects())
    return askProjectId(this.services.prompter, projects, existing?.project_id)
  }

  private async givenKey(): Promise<Secret> {
    const {prompter} = this.services
    const flag = this.flags['api-key']
    if (flag === '-') {
      const input = await withNotice('Waiting for the key on standard input', this.services.readStandardInput())
      return readApiKey(input, 'standard input')
    }

    if (flag !== undefined) return readApiKey(flag, '--api-key')
    const {apiKey: name} = this.variables.names
    const variable = process.env[name]
    if (variable?.trim()) {
      this.say(`Using the API key in ${name}.`)
      return readApiKey(variable, name)
    }

    if (prompter.interactive) return this.askedKey()
    throw new AuthError('INPUT_REQUIRED', 'An API key is missing.', [
      suggest('auth:token', '--api-key -', 'to give it on standard input'),
      `or set ${name}.`,
    ])
  }

  private async askedKey(): Promise<Secret> {
    const question = [this.host.product, 'API key'].filter(Boolean).join(' ')
    return readApiKey(await this.services.prompter.secret(question), 'what was typed')
  }

  /** A key that the server accepts, and a project that it can see. On a terminal a refused key is asked for again. */
  private async checked(given: Secret): Promise<{key: Secret; projectId: string}> {
    const {prompter, controlPlane} = this.services
    for (let key = given; ; key = await this.askedKey()) {
      try {
        const server = await controlPlane(this.environment.api_url, key)
        return {key, projectId: await this.project(server)}
      } catch (error) {
        if (!isAuthError(error) || error.code !== 'CREDENTIAL_REJECTED' || !prompter.interactive) throw error
        this.say(`${error.message} Try again.`)
      }
    }
  }

  private async project(server: ControlPlaneClient): Promise<string> {
    const {prompter} = this.services
    const choice = await withProgress('Checking the key', selectProject(server, {projectId: this.flags['project-id']}))
    if (choice.kind === 'chosen') return choice.project.project_id
    if (!prompter.interactive) throw projectMissing(projectList(choice.candidates))
    return (await askProject(prompter, choice.candidates)).project_id
  }
}

/** On Linux and macOS the title overwrites the arguments, which every user of the computer can list. */
function hideCommandLine(title: string): void {
  process.title = title
}

const projectMissing = (choices: string[]): AuthError =>
  new AuthError('INPUT_REQUIRED', '--project-id is missing: which project do you want to work in?', [
    suggest('auth:token', '--project-id ID'),
    ...choices,
  ])
