import {readFileSync, writeFileSync} from 'node:fs'
import type {Sample} from './sample.js'
import {type DrivenShell, openSession, type ShellSession} from './shell-session.js'

export const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'

export interface StartedShell {
  title: string
  shell: DrivenShell
  rc(sample: Sample): string
}

/**
 * bash 3.2, which macOS has, is not to be had in Debian: a newer bash walks the branches of the script that are for it, without the
 * builtins that it lacks.
 */
function scriptForOldBash(sample: Sample): string {
  const path = sample.script('bash').replace(/bash$/, 'old-bash')
  const text = readFileSync(sample.script('bash'), 'utf8')
  writeFileSync(path, `old_bash=(3 2)\n${text.replaceAll('BASH_VERSINFO', 'old_bash')}`)
  return path
}

export const STARTED_SHELLS: StartedShell[] = [
  {title: 'bash', shell: 'bash', rc: (sample) => `source ${sample.script('bash')}`},
  {
    title: 'bash with bash-completion',
    shell: 'bash',
    rc: (sample) => `source ${BASH_COMPLETION}\nsource ${sample.script('bash')}`,
  },
  {
    title: 'bash by the rules of 3.2',
    shell: 'bash',
    rc: (sample) => `enable -n mapfile readarray compopt\nsource ${scriptForOldBash(sample)}`,
  },
  {
    title: 'zsh',
    shell: 'zsh',
    rc: (sample) => `autoload -Uz compinit\ncompinit -D\nsource ${sample.script('zsh')}`,
  },
  {title: 'fish', shell: 'fish', rc: (sample) => `source ${sample.script('fish')}`},
]

/** Persons whose shell is set up in a way that trips scripts. */
export const STRANGE_SHELLS: StartedShell[] = [
  {
    title: 'bash with strange options',
    shell: 'bash',
    rc: (sample) =>
      `source ${sample.script('bash')}\nset -uC\nshopt -s nocasematch nullglob failglob extglob dotglob\nIFS=:t`,
  },
  {
    title: 'zsh with strange options',
    shell: 'zsh',
    rc: (sample) =>
      [
        'autoload -Uz compinit',
        'compinit -D',
        `source ${sample.script('zsh')}`,
        'setopt nounset ksh_arrays sh_word_split no_clobber null_glob glob_subst csh_null_glob no_short_loops warn_create_global',
        "zstyle ':completion:*' matcher-list 'm:{a-z}={A-Z}' 'r:|=*'",
        "zstyle ':completion:*:descriptions' format '%F{green}-- %d --%f'",
        "zstyle ':completion:*' group-name ''",
      ].join('\n'),
  },
]

export const startShell = (
  sample: Sample,
  {shell, rc}: StartedShell,
  cwd: string,
  through: string[] = [],
): Promise<ShellSession> =>
  openSession({shell, rc: rc(sample), env: sample.env, cwd, through, bins: ['llamactl', 'lctl']})
