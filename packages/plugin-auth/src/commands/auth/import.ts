import {Flags} from '@oclif/core'
import {resolve} from 'node:path'
import {interactiveFlag} from '../../base-command.js'
import {EnvCommand} from '../../env-command.js'
import {AuthError, isAuthError} from '../../errors.js'
import type {ImportOutcome} from '../../migration/import-outcome.js'
import {importProfiles} from '../../migration/import-profiles.js'
import type {Migration} from '../../migration/migration.js'
import {planImport} from '../../migration/plan-import.js'
import type {StoredDatabase} from '../../migration/read-database.js'
import {type ImportedProfileView, viewImport} from '../../output/import-view.js'
import {table} from '../../output/table.js'
import {withProgress} from '../../progress.js'

export interface AuthImportResult {
  /** Where the profiles were read from. */
  database: string
  profiles: ImportedProfileView[]
  /** Whether the database was rewritten without the keys that are kept here now. */
  scrubbed: boolean
}

export default class AuthImport extends EnvCommand<typeof AuthImport> {
  static override isRecorded = true
  static override summary = 'Take over the profiles of the Python llamactl.'
  static override description = `Reads its profiles.db, checks each key by listing the projects it sees, and keeps it in the keychain of this computer. \
Profiles that are already here are left alone. A key that the server rejects is skipped; where the server does not \
answer, the key is kept and called unverified.

The database stays as it is. With --scrub, each key that the keychain gave back is then removed from it, and only that: the \
Python llamactl still lists the profile, and asks for a login when it is used.`
  static override examples = [
    {description: 'See what there is', command: '<%= config.bin %> <%= command.id %> --dry-run'},
    {description: 'Take it over, and leave no key behind', command: '<%= config.bin %> <%= command.id %> --scrub'},
    '<%= config.bin %> <%= command.id %> --database ~/backup/profiles.db --json',
  ]
  static override flags = {
    database: Flags.string({
      description: 'The profiles.db to read. [default: the one that the Python llamactl uses]',
      helpValue: 'PATH',
    }),
    'dry-run': Flags.boolean({
      description: 'Only show what there is. No server is asked, nothing is written.',
      exclusive: ['scrub'],
    }),
    scrub: Flags.boolean({description: 'Remove from the database what is safely kept here.'}),
    'allow-http': Flags.boolean({description: 'Accept http to another machine, where API keys travel in clear.'}),
    'insecure-storage': Flags.boolean({
      description: 'Keep the keys in plain files that only you can read, not in the keychain.',
    }),
    ...interactiveFlag,
  }

  async run(): Promise<AuthImportResult> {
    const migration = await this.services.migration()
    const {database} = this.located(migration)
    const stored = await withProgress(`Reading ${database}`, migration.read(database))
    const plan = await this.plan(stored)
    const isDryRun = this.flags['dry-run']
    if (isDryRun) this.trail?.drop()
    const outcomes = isDryRun ? plan : await this.carryOut(migration, database, stored, plan)
    this.show(outcomes, stored)
    return {database, profiles: outcomes.map(viewImport), scrubbed: Boolean(this.flags.scrub)}
  }

  private located(migration: Migration): {database: string} {
    const {database: named} = this.flags
    const found = migration.locate(named === undefined ? undefined : resolve(named))
    this.say(`Reading the profiles of the Python llamactl in ${found.database}.`)
    for (const other of found.others) {
      this.say(`There is another one in ${other}. To read that, name it with --database.`)
    }

    return found
  }

  private plan(stored: StoredDatabase): Promise<ImportOutcome[]> {
    const options = {allowHttp: this.flags['allow-http'], verify: !this.flags['dry-run']}
    return withProgress(`Checking ${stored.profiles.length} profiles`, planImport(this.services, stored, options))
  }

  private async carryOut(
    migration: Migration,
    database: string,
    stored: StoredDatabase,
    plan: ImportOutcome[],
  ): Promise<ImportOutcome[]> {
    const hasKeys = plan.some(({status, candidate}) => status === 'found' && candidate?.apiKey)
    const insecureStorage = this.flags['insecure-storage']
    const store = hasKeys ? await this.services.chooseStore({insecureStorage}) : undefined
    const {storeOf} = this.services
    return this.cancellation.uninterrupted(async (checkpoint) => {
      const imported = await withProgress(
        'Keeping the keys',
        importProfiles({...this.services, checkpoint, warn: (text) => this.warning(text)}, stored, plan, store),
      )
      for (const {name, apiUrl, status} of imported) {
        if (status !== 'imported' || !apiUrl) continue
        this.trail?.note({apiUrl, profile: name, result: 'done'})
        this.changed({change: 'import', apiUrl, profile: name})
      }

      await this.orWarn(migration.markSeen())
      if (!this.flags.scrub) return imported
      return withProgress(`Removing the keys from ${database}`, migration.scrub(database, storeOf, imported)).catch(
        (error: unknown) => {
          throw isAuthError(error) && error.code !== 'CANCELLED' ? notScrubbed(error) : error
        },
      )
    })
  }

  private show(outcomes: ImportOutcome[], stored: StoredDatabase): void {
    if (outcomes.length === 0) {
      this.say('There are no profiles in it.')
      return
    }

    this.log(outcomeTable(outcomes))
    for (const {name, reason} of outcomes) if (reason) this.say(`${name}: ${reason}`)
    const count = (status: ImportOutcome['status']): number =>
      outcomes.filter((outcome) => outcome.status === status).length
    if (this.flags['dry-run']) {
      this.say(`Nothing was changed. To take them over: ${this.commandLine('auth:import')}`)
      return
    }

    this.say(`${count('imported')} imported, ${count('known')} known already, ${count('skipped')} skipped.`)
    const keys = stored.profiles.filter(({api_key: key}) => key?.reveal()).length
    const left = keys - outcomes.filter(({isScrubbed}) => isScrubbed).length
    if (left === 0) return
    this.say(
      `${left === 1 ? 'One key is' : `${left} keys are`} still in the database, readable for every program of yours.`,
    )
    const isMore = outcomes.some(({profile, candidate}) => profile && candidate?.apiKey)
    if (isMore && !this.flags.scrub)
      this.say(`To remove what is kept here: ${this.commandLine('auth:import', '--scrub')}`)
  }
}

/** The import itself is done, and stays. */
const notScrubbed = ({code, message, suggestions}: AuthError): AuthError =>
  new AuthError(code, `The profiles are here now, but their keys may still be in the database. ${message}`, suggestions)

const outcomeTable = (outcomes: ImportOutcome[]): string =>
  table(
    ['NAME', 'ENVIRONMENT', 'PROJECT_ID', 'AUTH', 'STATUS'],
    outcomes.map(({name, apiUrl, projectId, authType, status}) => [
      name,
      apiUrl ?? '-',
      projectId ?? '-',
      authType ?? '-',
      status,
    ]),
  )
