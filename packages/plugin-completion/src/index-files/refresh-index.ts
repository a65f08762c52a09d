import {existsSync, readdirSync, rmSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Config} from '@oclif/core/interfaces'
import type {ValueSource, ValueSources} from '../value-source.js'
import {commandLines, FIT_KIND, kindsIn} from './command-lines.js'
import {fitDescription, isFitValue} from './fit-text.js'
import {headerOf, isFresh, timeOf, writeIndexFile} from './index-file.js'
import {indexFolder, makeIndexFolder} from './index-folder.js'

const COMMANDS = 'spec.tsv'
const LIST = /^v\.(.+)\.tsv$/
const listOf = (kind: string): string => `v.${kind}.tsv`

/** The value of the variable that moves the configuration folder, as the scripts see it. */
const configDirVariable = (config: Config): string => config.scopedEnvVar('CONFIG_DIR') ?? ''

/** What a script would not answer from: a few looks at the disk, without anything of other plugins. */
export function staleFiles(config: Config): {commands: boolean; kinds: string[]} {
  const folder = indexFolder(config)
  const isStale = (name: string): boolean => !isFresh(join(folder, name), configDirVariable(config))
  const kinds = readdirSync(folder).flatMap((name) => LIST.exec(name)?.[1] ?? [])
  return {commands: isStale(COMMANDS), kinds: kinds.filter((kind) => isStale(listOf(kind)))}
}

/** Writes all files anew. `config` has to know the plugins as they are on the disk by now. */
export async function refreshIndex(config: Config): Promise<void> {
  if (!makeIndexFolder(config)) return
  const folder = indexFolder(config)
  const watch = commandSources(config)
  const time = timeOf(watch)
  const lines = commandLines(config)
  await refreshValues(config, kindsIn(lines))
  writeIndexFile(join(folder, COMMANDS), [headerOf(undefined, watch), ...lines], time)
}

/** Writes the values anew: of the kinds that a command takes, and of no others. */
export async function refreshValues(config: Config, wanted: readonly string[]): Promise<void> {
  const folder = indexFolder(config)
  const {sources, isWhole} = await valueSources(config)
  for (const kind of wanted) {
    const path = join(folder, listOf(kind))
    try {
      const source = sources[kind] ?? (isWhole ? NOBODY_KNOWS : undefined)
      if (!source) throw new Error(`It is not known where ${kind} is kept`)
      await writeValues(path, configDirVariable(config), source)
    } catch {
      // Of a file that is damaged nobody is told here: the command that reads it will say so.
      rmSync(path, {force: true})
    }
  }
}

const NOBODY_KNOWS: ValueSource = {watch: [], read: async () => []}

async function writeValues(path: string, configDir: string, source: ValueSource): Promise<void> {
  const watch = thereOf(source.watch)
  const time = timeOf(watch)
  const values = await source.read()
  const lines = values.flatMap(([value, description]) =>
    isFitValue(value) ? [`${value}\t${fitDescription(description)}`] : [],
  )
  writeIndexFile(path, [headerOf(configDir, watch), ...new Set(lines)], time)
}

/** Not whole where a plugin failed: nobody can say then that a kind has no values. */
async function valueSources(config: Config): Promise<{sources: ValueSources; isWhole: boolean}> {
  const {successes, failures} = await config.runHook('completion:values', {}, undefined, true)
  const entries = successes.flatMap(({result}) => Object.entries((result ?? {}) as ValueSources))
  return {sources: Object.fromEntries(entries.filter(([kind]) => FIT_KIND.test(kind))), isWhole: failures.length === 0}
}

/** An upgrade writes these anew, and `plugins install` the last one. */
function commandSources(config: Config): string[] {
  const roots = [...config.plugins.values()].map(({root}) => join(root, 'package.json'))
  return thereOf([...roots, join(config.dataDir, 'package.json')])
}

/** In the place of what does not exist yet, the folder that changes when it is made. */
function thereOf(watch: readonly string[]): string[] {
  const there = watch.map((path) => {
    let nearest = path
    while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
    return nearest
  })
  return [...new Set(there)].filter(isFitPath)
}

// eslint-disable-next-line no-control-regex
const isFitPath = (path: string): boolean => !/[\u0000-\u001F\u007F]/.test(path)
