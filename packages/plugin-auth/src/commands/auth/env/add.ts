import {Args, Flags} from '@oclif/core'
import {interactiveFlag} from '../../../base-command.js'
import {EnvCommand} from '../../../env-command.js'
import {isPlainHttp, normaliseApiUrl} from '../../../environments/api-url.js'
import {unprobedEnvironment} from '../../../environments/environment.js'
import {probeEnvironment} from '../../../environments/probe-environment.js'
import {AuthError, suggest} from '../../../errors.js'
import {type EnvironmentView, viewEnvironment} from '../../../output/environment-view.js'
import {withProgress} from '../../../progress.js'

export type AuthEnvAddResult = EnvironmentView

export default class AuthEnvAdd extends EnvCommand<typeof AuthEnvAdd> {
  static override summary = 'Add an environment, and make it current.'
  static override description = `Asks the server at API_URL what it needs. When it does not answer, nothing is added. Adding a known environment again \
refreshes what is known of it; its profiles stay.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> https://api.cloud.eu.llamaindex.ai',
    '<%= config.bin %> <%= command.id %> http://127.0.0.1:4010',
  ]
  /** As the Python llamactl calls it. */
  static override hiddenAliases = ['environments:add']
  static override args = {api_url: Args.string({name: 'API_URL', description: 'URL of the control plane.'})}
  static override flags = {
    'allow-http': Flags.boolean({description: 'Accept http to another machine, where API keys travel in clear.'}),
    ...interactiveFlag,
  }

  async run(): Promise<AuthEnvAddResult> {
    const {environments} = this.services
    const apiUrl = normaliseApiUrl(await this.url(), {allowHttp: this.flags['allow-http']})
    const known = (await environments.find(apiUrl)) ?? unprobedEnvironment(apiUrl)
    const server = await this.services.controlPlane(apiUrl)
    const probed = await withProgress(`Asking ${apiUrl}`, probeEnvironment(server, known))
    const environment =
      this.flags['allow-http'] && isPlainHttp(apiUrl) ? {...probed, allow_http: true as const} : probed
    await environments.save(environment)
    await environments.setCurrent(apiUrl)
    this.changed({change: 'env:add', apiUrl, profile: null})

    this.log(`Added ${apiUrl}. It is the current environment now.`)
    const next = this.commandLine(environment.requires_auth ? 'auth:login' : 'auth:token')
    this.say(`It requires ${environment.requires_auth ? '' : 'no '}login. Next: ${next}`)
    await this.sayWhichWins(apiUrl)
    return viewEnvironment(environment, {active: true})
  }

  private async url(): Promise<string> {
    if (this.args.api_url !== undefined) return this.args.api_url
    if (this.services.prompter.interactive) return this.services.prompter.input('URL of the control plane')
    throw new AuthError('INPUT_REQUIRED', 'API_URL is missing: which control plane is meant?', [
      suggest('auth:env:add', 'API_URL'),
    ])
  }
}
