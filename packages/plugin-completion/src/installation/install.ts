import type {Config} from '@oclif/core/interfaces'
import type {Person} from './person.js'
import {INSTALLABLE, type Installable, markOf, rcFiles, rcLines, scriptFiles} from './places.js'
import {rcBlock} from './rc-block.js'
import {thisPerson} from './this-person.js'
import {planBlock, planBlockRemoval, planRemoval, planScript, type Step} from './step.js'

/** Throws before anything is touched where a file is in the way. */
export async function planInstallation(shell: Installable, config: Config, person: Person): Promise<Step[]> {
  const scripts = scriptFiles(shell, config, person).map((file) => planScript(file, markOf(config)))
  const rc = await rcLines(shell, config, person)
  return [...scripts, ...(rc ? [planBlock(rc.path, rc.lines, rcBlock(config.bin, rc.lines.map(bytes)))] : [])]
}

export async function planUninstallation(shell: Installable, config: Config, person: Person): Promise<Step[]> {
  const scripts = scriptFiles(shell, config, person).map(({path}) => planRemoval(path, markOf(config)))
  const blocks = (await rcFiles(shell, person)).map((path) => planBlockRemoval(path, rcBlock(config.bin)))
  return [...blocks, ...scripts].filter((step) => step !== undefined)
}

/** After an upgrade of the CLI: what was installed stays installed, as the new version writes it. */
export function renewScripts(shell: Installable, config: Config, person: Person): void {
  const mark = markOf(config)
  const installed = scriptFiles(shell, config, person).filter(({path}) => planRemoval(path, mark))
  for (const file of installed) planScript(file, mark).apply()
}

const bytes = (text: string): string => Buffer.from(text).toString('latin1')

export function renewAll(config: Config): void {
  for (const shell of INSTALLABLE) renewScripts(shell, config, thisPerson(config))
}
