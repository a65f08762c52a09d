import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Command} from '@oclif/core'
import {DETAILS, type Details} from './snapshot.js'

let details: Details | undefined

const read = (): Details => JSON.parse(readFileSync(join(__dirname, 'commands.json'), 'utf8')) as Details

/** The command of a snapshot as oclif knows it: what is large is read when it is asked for. */
export function withDetails(plugin: string, command: Command.Cached): Command.Cached {
  // Help writes into the command that it shows.
  const {id} = command
  for (const key of DETAILS) {
    const get = (): unknown => (details ??= read())[plugin]?.[id]?.[key]
    Object.defineProperty(command, key, {configurable: true, enumerable: true, get})
  }

  return command
}

/** What `{...command, ...changes}` is, without asking for anything: oclif lists a command again by each of its aliases. */
export const renamed = (command: object, changes: object): object =>
  Object.assign(Object.defineProperties({}, Object.getOwnPropertyDescriptors(command)), changes)
