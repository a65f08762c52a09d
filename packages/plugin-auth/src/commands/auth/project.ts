import {Args, Flags} from '@oclif/core'
import {AuthCommand, interactiveFlag} from '../../auth-command.js'
import {AuthError, suggest} from '../../errors.js'
import {requireCredential} from '../../login/require-credential.js'
import {selectProject} from '../../login/select-project.js'
import {type ProfileView, viewProfile} from '../../output/profile-view.js'
import {noneCurrent, notLoggedIn} from '../../profiles/choose-profile.js'
import {projectList} from '../../profiles/choose-project.js'
import type {Profile} from '../../profiles/profile.js'
import {readProjectId} from '../../profiles/project-id.js'
import {askProject, askProjectId} from '../../prompts/ask-project.js'
import {withProgress} from '../../progress.js'

export type AuthProjectResult = ProfileView

export default class AuthProject extends AuthCommand<typeof AuthProject> {
  static override summary = 'Change the active project of the current profile.'
  static override description = `Offers the projects of your default organization; --org chooses another one. A project given by its ID may be in any \
organization you can see, unless --org names one. Where no login is required, any ID can be given.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 8f0e2c6a-project-id',
    '<%= config.bin %> <%= command.id %> --org my-organization-id',
  ]
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
    const current = await profiles.current(apiUrl)
    if (!current) throw noneCurrent(await profiles.list(apiUrl), apiUrl)

    const projectId = current.credential ? await this.projectOfServer(current) : await this.anyProject(current)
    const profile = await profiles.update(apiUrl, current.id, (latest) => ({...latest, project_id: projectId}))
    if (!profile) throw notLoggedIn(apiUrl)

    this.log(`Profile ${profile.name} now works in project ${projectId}.`)
    return viewProfile(profile, {apiUrl, active: true})
  }

  private async projectOfServer(profile: Profile): Promise<string> {
    const {controlPlane, storeOf, prompter} = this.services
    const {apiKey} = await requireCredential(storeOf, profile)
    const server = await controlPlane(this.environment.api_url, apiKey)
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
