import {rmSync} from 'node:fs'
import {Flags} from '@oclif/core'
import {CompletionCommand, toCompletionError} from '../../completion-command.js'
import {CompletionError} from '../../completion-error.js'
import {indexFolder} from '../../index-files/index-folder.js'
import {type FileView, fileText, viewFile} from '../../installation/file-view.js'
import {planUninstallation} from '../../installation/install.js'
import {INSTALLABLE, type Installable} from '../../installation/places.js'
import type {Step} from '../../installation/step.js'
import {thisPerson} from '../../installation/this-person.js'

export interface CompletionUninstallResult {
  dry_run: boolean
  files: FileView[]
}

export default class CompletionUninstall extends CompletionCommand {
  static override summary = 'Remove what installing completion wrote.'
  static override description =
    'A file that something else wrote is left alone. An rc file is as it was before, byte for byte.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --shell zsh --dry-run',
  ]
  static override flags = {
    shell: Flags.string({description: 'Only for this shell. [default: for all]', options: [...INSTALLABLE]}),
    'dry-run': Flags.boolean({description: 'Only say what would be removed.'}),
  }

  private readonly steps: Step[] = []

  async run(): Promise<CompletionUninstallResult> {
    const {flags} = await this.parse(CompletionUninstall)
    const isPlan = flags['dry-run']
    const shells = flags.shell === undefined ? INSTALLABLE : [flags.shell as Installable]
    const refusals: unknown[] = []
    for (const shell of shells) {
      try {
        await this.uninstall(shell, isPlan)
      } catch (error) {
        refusals.push(error)
      }
    }

    if (refusals.length > 0) throw together(refusals.map(toCompletionError))
    if (!isPlan && flags.shell === undefined) rmSync(indexFolder(this.config), {recursive: true, force: true})
    if (this.steps.length === 0) this.say('There is nothing to remove.')
    return {dry_run: isPlan, files: this.steps.map(viewFile)}
  }

  /** With what was removed before something was refused. */
  override toErrorJson(error: unknown): ReturnType<CompletionCommand['toErrorJson']> & {files: FileView[]} {
    return {...super.toErrorJson(error), files: this.steps.map(viewFile)}
  }

  private async uninstall(shell: Installable, isPlan: boolean): Promise<void> {
    for (const step of await planUninstallation(shell, this.config, thisPerson(this.config))) {
      if (!isPlan) step.apply()
      this.steps.push(step)
      this.log(fileText(step, {isPlan}))
    }
  }
}

function together(errors: CompletionError[]): CompletionError {
  const [first] = errors as [CompletionError]
  const message = errors.map((error) => error.message).join(' ')
  return new CompletionError(first.code, message, [...new Set(errors.flatMap(({suggestions}) => suggestions))])
}
