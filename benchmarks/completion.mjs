// What a TAB costs: the time a shell spends in the completion of one line. Needs bash, zsh and fish.
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {withFolder} from './support/sandbox.mjs'
import {createTabs} from './support/tab.mjs'
import {publish, table} from './support/tables.mjs'

const host = new URL('../packages/llamactl/', import.meta.url)
const {bin} = JSON.parse(readFileSync(new URL('package.json', host), 'utf8'))
const cli = [process.execPath, fileURLToPath(new URL(bin.llamactl, host))]
const lines = [
  ['topics', 'llamactl ', 3],
  ['commands', 'llamactl auth ', 3],
  ['flags', 'llamactl auth login --', 3],
  ['3 profiles', 'llamactl auth switch ', 3],
  ['environments', 'llamactl auth env switch ', 3],
  ['1,000 profiles, 100 of which fit', 'llamactl auth switch profile-01', 1000],
  ['1,000 profiles', 'llamactl auth switch ', 1000],
]

export const completion = ({rounds = 40, isWritten}) =>
  withFolder(async (folder) => {
    const tabs = createTabs(folder, cli, {rounds})
    const rows = []
    for (const [what, line, profiles] of lines) {
      rows.push([what, ...(await tabs.cost(line, profiles)).map((cost) => cost.toFixed(1))])
    }

    const refreshed = `+${tabs.refresh().toFixed(0)}`
    rows.push(['the index was missing or stale', ...tabs.shells.map(() => refreshed)])
    publish('completion', table(['ms per TAB', ...tabs.shells], rows), {isWritten, document: 'docs/completion.md'})
  })
