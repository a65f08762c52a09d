import {Args, Flags} from '@oclif/core'
import {interactiveFlag} from '../../base-command.js'
import {AuthError, suggest} from '../../errors.js'
import {requireLatestCredential} from '../../login/require-credential.js'
import {selectProject} from '../../login/select-project.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {notLoggedIn} from '../../profiles/choose-profile.js'
import {projectList} from '../../profiles/choose-project.js'
import type {Profile} from '../../profiles/profile.js'
import {readProjectId} from '../../profiles/project-id.js'
import {askProject, askProjectId} from '../../prompts/ask-project.js'
import {ProfileCommand} from '../../profile-command.js'
import {withProgress} from '../../progress.js'

export type AuthProjectResult = ProfileView

export default class AuthProject extends ProfileCommand<typeof AuthProject> {
  static override summary = 'Change the active project of the current profile.'
  static override description = `Offers the projects of your default organization; --org chooses another one. A project given by its ID may be in any \
organization you can see, unless --org names one. Where no login is required, any ID can be given.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 8f0e2c6a-project-id',
    '<%= config.bin %> <%= command.id %> --org my-organization-id',
  ]
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['projects:use']
  static override args = {
    project_id: Args.string({name: 'PROJECT_ID', description: 'ID of the project. Asked for when absent.'}),
  }
  static override flags = {
    org: Flags.string({description: 'Offer the projects of this organization.', helpValue: 'ID'}),
    ...interactiveFlag,
  }
  static completion = {args: {project_id: 'project'}, flags: {org: 'organization'}}

  async run(): Promise<AuthProjectResult> {
    const {profiles} = this.services
    const {api_url: apiUrl} = this.environment
    const meant = await this.requireProfile()
    const projectId = meant.credential ? await this.projectOfServer(meant) : await this.anyProject(meant)
    const profile = await profiles.update(apiUrl, meant.id, (latest) => ({...latest, project_id: projectId}))
    if (!profile) throw notLoggedIn(apiUrl)
    this.changed({change: 'project', apiUrl, profile: profile.name})

    this.log(`Profile ${profile.name} now works in project ${projectId}.`)
    await this.sayWhatShadows(projectId)
    const current = await this.orWarn(profiles.current(apiUrl))
    return viewProfile(profile, {apiUrl, active: profile.id === current?.id})
  }

  private async sayWhatShadows(projectId: string): Promise<void> {
    const {project} = this.variables
    if (project && project.value !== projectId) this.say(`${project.name} is set to ${project.value}, which wins.`)
  }

  private async projectOfServer(profile: Profile): Promise<string> {
    const {controlPlane, prompter} = this.services
    const {api_url: apiUrl} = this.environment
    const {apiKey} = await requireLatestCredential(this.services, apiUrl, profile)
    const server = await controlPlane(apiUrl, apiKey)
    const wanted = {projectId: this.args.project_id, orgId: this.flags.org}
    const choice = await withProgress('Asking for your projects', selectProject(server, wanted))
    if (choice.kind === 'chosen') return choice.project.project_id
    if (!prompter.interactive) throw projectMissing(projectList(choice.candidates))
    return (await askProject(prompter, choice.candidates, profile.project_id)).project_id
  }

  private async anyProject(profile: Profile): Promise<string> {
    const {controlPlane, prompter} = this.services
    if (this.args.project_id !== undefined) return readProjectId(this.args.project_id)
    if (!prompter.interactive) throw projectMissing([])
    const server = await controlPlane(this.environment.api_url)
    const projects = await withProgress('Asking for the projects', server.projects(this.flags.org))
    return readProjectId(await askProjectId(prompter, projects, profile.project_id))
  }
}

const projectMissing = (choices: string[]): AuthError =>
  new AuthError('INPUT_REQUIRED', 'PROJECT_ID is missing: which project is meant?', [
    suggest('auth:project', 'PROJECT_ID'),
    ...choices,
  ])
