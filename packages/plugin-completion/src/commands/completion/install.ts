import {Flags} from '@oclif/core'
import {CompletionCommand} from '../../completion-command.js'
import {refreshIndex} from '../../index-files/refresh-index.js'
import {chooseShell} from '../../installation/choose-shell.js'
import {type FileView, fileText, viewFile} from '../../installation/file-view.js'
import {planInstallation} from '../../installation/install.js'
import {INSTALLABLE, type Installable} from '../../installation/places.js'
import {thisPerson} from '../../installation/this-person.js'

export interface CompletionInstallResult {
  shell: Installable
  dry_run: boolean
  files: FileView[]
}

export default class CompletionInstall extends CompletionCommand {
  static override summary = 'Install completion for your shell.'
  static override description = `Puts the script where the shell looks by itself. Only where there is no such place, as in zsh, a marked block is added to \
its rc file; \`completion<%= config.topicSeparator %>uninstall\` gives back every byte of it.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --shell zsh --dry-run',
  ]
  static override flags = {
    shell: Flags.string({description: 'The shell. [default: yours, by SHELL]', options: [...INSTALLABLE]}),
    'dry-run': Flags.boolean({description: 'Only say which files would be written, and what.'}),
  }

  async run(): Promise<CompletionInstallResult> {
    const {flags} = await this.parse(CompletionInstall)
    const person = thisPerson(this.config)
    const shell = chooseShell(flags.shell, person)
    const steps = await planInstallation(shell, this.config, person)
    if (!flags['dry-run']) {
      for (const step of steps) step.apply()
      await refreshIndex(this.config)
    }

    for (const step of steps) this.log(fileText(step, {isPlan: flags['dry-run']}))
    if (!flags['dry-run']) this.say(`Open a new ${shell}, and press TAB after ${this.config.bin}.`)
    return {shell, dry_run: flags['dry-run'], files: steps.map(viewFile)}
  }
}
