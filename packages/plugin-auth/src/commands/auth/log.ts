import {Flags, toConfiguredId} from '@oclif/core'
import {BaseCommand, outputFlag} from '../../base-command.js'
import {normaliseApiUrl} from '../../environments/api-url.js'
import {type AuditEntryView, auditTable, viewAuditEntry} from '../../output/audit-view.js'

export type AuthLogResult = AuditEntryView[]

export default class AuthLog extends BaseCommand<typeof AuthLog> {
  static override summary = 'Show who logged in, switched and logged out on this computer, and when.'
  static override description = `Each login, logout, rotation, import and switch leaves a line, also one that failed; it never holds a secret. The newest \
line is the last. At least 1,000 lines are kept, on this computer alone.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --limit 20',
    '<%= config.bin %> <%= command.id %> --environment https://api.cloud.eu.llamaindex.ai -o json',
  ]
  static override flags = {
    limit: Flags.integer({description: 'Show only so many of the newest lines.', helpValue: 'N', min: 1}),
    ...outputFlag,
  }

  /** It needs no environment, and shows that of one that was deleted as well. */
  protected override async prepare(): Promise<void> {}

  async run(): Promise<AuthLogResult> {
    const log = await this.services.audit()
    const {environment: url} = this.flags
    const apiUrl = url === undefined ? undefined : normaliseApiUrl(url, {allowHttp: true})
    const entries = (await log.read()).filter((entry) => apiUrl === undefined || entry.api_url === apiUrl)
    const views = entries
      .slice(-(this.flags.limit ?? entries.length))
      .map((entry) => viewAuditEntry(entry, {command: toConfiguredId(entry.command, this.config)}))

    if (!log.isOn) this.say(`Nothing is recorded: ${this.config.scopedEnvVarKey('AUDIT_LOG')} is off.`)
    else if (views.length === 0) this.say('Nothing has been recorded yet.')
    await this.print(views, auditTable)
    return views
  }
}
