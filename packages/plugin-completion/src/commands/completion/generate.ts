import {Args} from '@oclif/core'
import {CompletionCommand} from '../../completion-command.js'
import {script, SHELLS, type Shell} from '../../scripts/script.js'

export interface CompletionGenerateResult {
  shell: Shell
  script: string
}

export default class CompletionGenerate extends CompletionCommand {
  static override summary = 'Print the completion script of a shell.'
  static override description = `For packages, and for shells that are set up by hand; \`completion<%= config.topicSeparator %>install\` puts it where \
the shell looks. The script holds nothing of the computer it is made on.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash > /usr/share/bash-completion/completions/<%= config.bin %>',
    '<%= config.bin %> <%= command.id %> fish | source',
  ]
  static override args = {
    shell: Args.string({name: 'SHELL', description: 'The shell.', options: [...SHELLS], required: true}),
  }

  async run(): Promise<CompletionGenerateResult> {
    const {args} = await this.parse(CompletionGenerate)
    const shell = args.shell as Shell
    const text = script(shell, this.config)
    if (!this.jsonEnabled()) process.stdout.write(text)
    return {shell, script: text}
  }
}
