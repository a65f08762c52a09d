import {Command} from '@oclif/core'
import {refreshIndex} from '../../index-files/refresh-index.js'

/** Called by the scripts, never with anything that was typed. */
export default class CompletionRefresh extends Command {
  static override hidden = true
  static override summary = 'Write anew what completion answers from.'

  async run(): Promise<void> {
    // A person waits at the prompt.
    setTimeout(() => process.exit(1), 3000).unref()
    await refreshIndex(this.config)
  }
}
