import type {Command} from '@oclif/core'
import {detailsOf} from './manifests.js'

/** What is most of a manifest, and asked for by a command's own help and by completion alone. */
export const DETAILS = ['args', 'description', 'examples', 'flags'] as const
export type Details = Pick<Command.Cached, (typeof DETAILS)[number]>

/** A command of a snapshot. Its details stay in their file, and JSON, until one of them is asked for: to parse all of them takes 3 ms. */
export class BundledCommand {
  declare details: string

  constructor(fields: object) {
    Object.assign(this, fields)
  }

  get args(): Details['args'] {
    return parsed(this.details).args
  }

  get description(): Details['description'] {
    return parsed(this.details).description
  }

  get examples(): Details['examples'] {
    return parsed(this.details).examples
  }

  get flags(): Details['flags'] {
    return parsed(this.details).flags
  }
}

/** What `{...command, ...changes}` is. oclif lists a command again by each of its aliases. */
export const renamed = (command: object, changes: object): object =>
  command instanceof BundledCommand ? new BundledCommand({...command, ...changes}) : {...command, ...changes}

const known = new Map<string, Details>()

function parsed(key: string): Details {
  const details = known.get(key) ?? (JSON.parse(detailsOf(key)) as Details)
  known.set(key, details)
  return details
}
