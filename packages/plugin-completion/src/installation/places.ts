import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {toConfiguredId} from '@oclif/core'
import type {Config} from '@oclif/core/interfaces'
import {binsOf, script} from '../scripts/script.js'
import type {Person} from './person.js'
import {isFile} from './step.js'

export const INSTALLABLE = ['bash', 'zsh', 'fish'] as const
export type Installable = (typeof INSTALLABLE)[number]

export interface ScriptFile {
  path: string
  text: string
}

/** Everything the shell is to find, each where it looks by itself. */
export function scriptFiles(shell: Installable, config: Config, {home, env}: Person): ScriptFile[] {
  const [bin = '', ...aliases] = binsOf(config)
  const text = marked(script(shell, config), config)
  const data = env['XDG_DATA_HOME'] || join(home, '.local', 'share')
  if (shell === 'zsh') return [{path: join(config.dataDir, 'completion', `_${bin}`), text}]
  if (shell === 'fish') {
    const folder = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'fish', 'completions')
    const other = marked(`source (status dirname)/${bin}.fish\n`, config)
    return [
      {path: join(folder, `${bin}.fish`), text},
      ...aliases.map((alias) => ({path: join(folder, `${alias}.fish`), text: other})),
    ]
  }

  // Where bash-completion looks when a command is completed for the first time.
  const folder = join(env['BASH_COMPLETION_USER_DIR'] || join(data, 'bash-completion'), 'completions')
  const other = marked(`. "\${BASH_SOURCE[0]%/*}/${bin}"\n`, config)
  return [{path: join(folder, bin), text}, ...aliases.map((alias) => ({path: join(folder, alias), text: other}))]
}

/** The lines that an rc file needs, and which one; none where the shell finds the script by itself. */
export async function rcLines(
  shell: Installable,
  config: Config,
  person: Person,
): Promise<{path: string; lines: string[]} | undefined> {
  const [file] = scriptFiles(shell, config, person)
  const path = quoted(file?.path ?? '')
  if (shell === 'zsh') {
    return {
      path: (await rcFiles(shell, person))[0] ?? '',
      lines: [
        '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }',
        `[[ -r ${path} ]] && autoload -Uz ${path} && compdef _${config.bin} ${binsOf(config).join(' ')}`,
      ],
    }
  }

  if (shell === 'fish' || (await hasBashCompletion(person))) return undefined
  return {path: bashFile(person), lines: [`[ -r ${path} ] && . ${path}`]}
}

/** Every file that may hold our lines. */
export async function rcFiles(shell: Installable, person: Person): Promise<string[]> {
  const {home, env, ask} = person
  if (shell === 'fish') return []
  if (shell === 'bash') return [join(home, '.bashrc'), join(home, '.bash_profile')]
  const folder = await ask('zsh', 'print -rn -- "${ZDOTDIR:-$HOME}"')
  return [join(folder || env['ZDOTDIR'] || home, '.zshrc')]
}

/** It loads the script when the command is completed for the first time. */
async function hasBashCompletion({ask}: Person): Promise<boolean> {
  const found = await ask('bash', 'declare -F _completion_loader || declare -F _comp_load')
  return Boolean(found?.trim())
}

/** A terminal of macOS starts a login shell, which reads the other file. */
function bashFile({home, platform}: Person): string {
  const profile = join(home, '.bash_profile')
  const isRead = platform === 'darwin' && isFile(profile) && !readFileSync(profile, 'utf8').includes('.bashrc')
  return isRead ? profile : join(home, '.bashrc')
}

/** By which a file is known for ours. zsh looks for `#compdef` in the first line. */
export function markOf(config: Config): string {
  const line = (id: string): string => `${config.bin} ${toConfiguredId(id, config)}`
  return `# Written by "${line('completion:install')}"; "${line('completion:uninstall')}" removes it.`
}

const marked = (text: string, config: Config): string =>
  text.replace(/^(?:#compdef .*\n)?/, (first) => `${first}${markOf(config)}\n`)

const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`
