import {rmSync} from 'node:fs'
import {Flags} from '@oclif/core'
import {CompletionCommand} from '../../completion-command.js'
import {indexFolder} from '../../index-files/index-folder.js'
import {type FileView, fileText, viewFile} from '../../installation/file-view.js'
import {planUninstallation} from '../../installation/install.js'
import {INSTALLABLE, type Installable} from '../../installation/places.js'
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

  async run(): Promise<CompletionUninstallResult> {
    const {flags} = await this.parse(CompletionUninstall)
    const person = thisPerson(this.config)
    const shells = flags.shell === undefined ? INSTALLABLE : [flags.shell as Installable]
    const steps = (await Promise.all(shells.map((shell) => planUninstallation(shell, this.config, person)))).flat()
    if (!flags['dry-run']) {
      for (const step of steps) step.apply()
      if (flags.shell === undefined) rmSync(indexFolder(this.config), {recursive: true, force: true})
    }

    for (const step of steps) this.log(fileText(step, {isPlan: flags['dry-run']}))
    if (steps.length === 0) this.say('There is nothing to remove.')
    return {dry_run: flags['dry-run'], files: steps.map(viewFile)}
  }
}
