// What the completion of one line costs a shell. The shells time themselves: no process is started for a TAB.
import {spawn} from '@lydell/node-pty'
import {spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

/** The numbers, in milliseconds, that a shell printed behind the word. */
const numbers = (text) => [...text.matchAll(/took ([\d.]+)/g)].map(([, number]) => Number(number))

/** Shells with the completion of the built CLI, in a home of their own. */
export function createTabs(folder, cli, {rounds = 40} = {}) {
  const env = {PATH: process.env.PATH, HOME: folder, ZDOTDIR: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color'}
  const index = join(folder, '.cache', 'llamactl', 'completion')
  const run = (...args) => spawnSync(cli[0], [...cli.slice(1), ...args], {env, encoding: 'utf8'}).stdout

  const shells = {
    bash(line) {
      const code = `. '${folder}/script.bash'
      compopt() { :; }
      COMP_LINE=$1 COMP_POINT=\${#1} COMP_TYPE=9 COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
      for (( i = 0; i < ${rounds}; i++ )); do
        a=\${EPOCHREALTIME/./}; __llamactl_complete; b=\${EPOCHREALTIME/./}
        printf 'took %s.%03d\\n' $(( (b - a) / 1000 )) $(( (b - a) % 1000 ))
      done`
      return numbers(spawnSync('bash', ['--norc', '-c', code, 'bash', line], {env, encoding: 'utf8'}).stdout)
    },

    /** The whole TAB, with what the completion system of zsh does itself. */
    zsh: (line) =>
      new Promise((resolve) => {
        writeFileSync(
          join(folder, '.zshrc'),
          `PS1='$ ' LISTMAX=100000
        zmodload zsh/datetime; autoload -Uz compinit; compinit -D -u; . '${folder}/script.zsh'
        measure() {
          local i a b out
          for (( i = 0; i < ${rounds}; i++ )); do
            BUFFER=${JSON.stringify(line)} CURSOR=$#BUFFER
            a=$EPOCHREALTIME; zle list-choices; b=$EPOCHREALTIME
            out+="took $(( (b - a) * 1000 )) "
          done
          print -r -- $out > '${folder}/zsh'
          exit
        }
        zle -N measure; zle -N zle-line-init measure`,
        )
        const pty = spawn('zsh', ['-d', '-i'], {cols: 120, rows: 50, env, cwd: folder})
        pty.onExit(() => resolve(numbers(readFileSync(join(folder, 'zsh'), 'utf8'))))
      }),

    fish(line) {
      // Its clock is that of `time`.
      const code = `source '${folder}/script.fish'
      function llamactl; end
      for i in (seq ${rounds}); time complete -C $argv[1] >/dev/null; end`
      const {stderr} = spawnSync('fish', ['--no-config', '-c', code, '--', line], {env, encoding: 'utf8'})
      const units = {secs: 1000, millis: 1, micros: 0.001}
      return [...stderr.matchAll(/Executed in\s+([\d.]+)\s+(\w+)/g)].map(
        ([, amount, unit]) => Number(amount) * units[unit],
      )
    },
  }

  mkdirSync(index, {recursive: true})
  run('completion', 'refresh')
  for (const shell of Object.keys(shells)) {
    writeFileSync(join(folder, `script.${shell}`), run('completion', 'generate', shell))
  }

  return {
    shells: Object.keys(shells),

    /** Milliseconds in each shell with so many profiles: the fastest of many rounds, for the others are what else the machine did. */
    async cost(line, profiles) {
      const values = Array.from(
        {length: profiles},
        (_, number) => `profile-${String(number).padStart(4, '0')}\tproject prj-${number}`,
      )
      writeFileSync(join(index, 'v.profile.tsv'), ['V\t1\t=', ...values, ''].join('\n'))
      const costs = []
      for (const measure of Object.values(shells)) costs.push(Math.min(...(await measure(line))))
      return costs
    },

    /** Milliseconds that a TAB takes longer when the index has to be written first. */
    refresh() {
      const took = Array.from({length: 10}, () => {
        const began = performance.now()
        run('completion', 'refresh')
        return performance.now() - began
      })
      return Math.min(...took)
    },
  }
}
