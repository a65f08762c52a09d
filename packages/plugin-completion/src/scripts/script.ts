import {readFileSync} from 'node:fs'
import {toConfiguredId} from '@oclif/core'
import type {Config} from '@oclif/core/interfaces'

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

const TEMPLATES: Record<Shell, string> = {
  bash: 'bash.sh',
  zsh: 'zsh.zsh',
  fish: 'fish.fish',
  powershell: 'powershell.ps1',
}

/** What a shell has to load. Says nothing of the machine it is made on: a package may hold it. */
export function script(shell: Shell, config: Config): string {
  const {bin, dirname} = config
  const bins = binsOf(config)
  for (const name of bins) if (!FIT_BIN.test(name)) throw new Error(`${name} is no name for a command`)
  if (!FIT_FOLDER.test(dirname)) throw new Error(`${dirname} is no name for a folder`)
  const names: Record<string, string> = {
    BIN: bin,
    BINS: bins.join(' '),
    DIRNAME: dirname,
    ENV: identifier(config.scopedEnvVarKey('CACHE_DIR').replace(/_CACHE_DIR$/, '')),
    FN: identifier(bin),
    GENERATE: toConfiguredId('completion:generate', config),
    REFRESH: toConfiguredId('completion:refresh', config),
    QUOTED_BINS: bins.map((name) => `'${name}'`).join(', '),
    EACH_BIN: bins.map((name) => `complete -c ${name} -f -a '(__${identifier(bin)}_complete)'`).join('\n'),
  }
  const template = readFileSync(new URL(`../../shells/${TEMPLATES[shell]}`, import.meta.url), 'utf8')
  return template.replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => names[name] ?? whole)
}

export const binsOf = ({bin, binAliases = []}: Pick<Config, 'bin' | 'binAliases'>): string[] => [
  ...new Set([bin, ...binAliases]),
]

/** A part of the names of the functions in a script. */
export const identifier = (name: string): string => name.replaceAll(/\W/g, '_')

/** They stand in the scripts without quotes. */
const FIT_BIN = /^\w[\w.-]*$/
const FIT_FOLDER = /^[\w@][\w.@/-]*$/
