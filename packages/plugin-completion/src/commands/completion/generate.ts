import {Args, Command} from '@oclif/core'
import {script, SHELLS, type Shell} from '../../scripts/script.js'

export default class CompletionGenerate extends Command {
  static override summary = 'Print the completion script of a shell.'
  static override args = {
    shell: Args.string({name: 'SHELL', description: 'The shell.', options: [...SHELLS], required: true}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(CompletionGenerate)
    process.stdout.write(script(args.shell as Shell, this.config))
  }
}
