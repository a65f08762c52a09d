// What a TAB costs: the time a shell spends in the completion of one line, as a Markdown table. Needs bash, zsh and fish. Shown is
// the fastest of many rounds: the others are what else the machine had to do.
import {spawn} from '@lydell/node-pty'
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const ROUNDS = 40
const cli = fileURLToPath(new URL('../packages/llamactl/bin/run.cjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'completion-bench-'))
const index = join(folder, '.cache', 'llamactl', 'completion')
const env = {PATH: process.env.PATH, HOME: folder, ZDOTDIR: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color'}

const run = (...args) => spawnSync(process.execPath, [cli, ...args], {env, encoding: 'utf8'}).stdout

/** The numbers, in milliseconds, that a shell printed behind the word. */
const numbers = (text) => [...text.matchAll(/took ([\d.]+)/g)].map(([, number]) => Number(number))

const shells = {
  bash(line) {
    const code = `. '${folder}/script.bash'
      compopt() { :; }
      COMP_LINE=$1 COMP_POINT=\${#1} COMP_TYPE=9 COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
      for (( i = 0; i < ${ROUNDS}; i++ )); do
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
          for (( i = 0; i < ${ROUNDS}; i++ )); do
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
      pty.onExit(() => resolve(numbers(spawnSync('cat', [join(folder, 'zsh')], {encoding: 'utf8'}).stdout)))
    }),

  fish(line) {
    // Its clock is that of `time`.
    const code = `source '${folder}/script.fish'
      function llamactl; end
      for i in (seq ${ROUNDS}); time complete -C $argv[1] >/dev/null; end`
    const {stderr} = spawnSync('fish', ['--no-config', '-c', code, '--', line], {env, encoding: 'utf8'})
    const units = {secs: 1000, millis: 1, micros: 0.001}
    return [...stderr.matchAll(/Executed in\s+([\d.]+)\s+(\w+)/g)].map(
      ([, amount, unit]) => Number(amount) * units[unit],
    )
  },
}

const profiles = (count) =>
  writeFileSync(
    join(index, 'v.profile.tsv'),
    [
      'V\t1\t=',
      ...Array.from({length: count}, (_, i) => `profile-${String(i).padStart(4, '0')}\tproject prj-${i}`),
      '',
    ].join('\n'),
  )

try {
  mkdirSync(index, {recursive: true})
  run('completion', 'refresh')
  for (const shell of Object.keys(shells))
    writeFileSync(join(folder, `script.${shell}`), run('completion', 'generate', shell))

  const rows = []
  for (const [what, line, count] of [
    ['topics', 'llamactl ', 3],
    ['commands', 'llamactl auth ', 3],
    ['flags', 'llamactl auth login --', 3],
    ['3 profiles', 'llamactl auth switch ', 3],
    ['environments', 'llamactl auth env switch ', 3],
    ['1,000 profiles, 100 of which fit', 'llamactl auth switch profile-01', 1000],
    ['1,000 profiles', 'llamactl auth switch ', 1000],
  ]) {
    profiles(count)
    const cells = []
    for (const measure of Object.values(shells)) {
      cells.push(Math.min(...(await measure(line))).toFixed(1))
    }

    rows.push([what, ...cells])
  }

  const took = Array.from({length: 10}, () => {
    const began = performance.now()
    run('completion', 'refresh')
    return performance.now() - began
  })
  const refreshed = Math.min(...took).toFixed(0)
  rows.push(['the index was missing or stale', ...Array(3).fill(`+${refreshed}`)])

  const table = [['ms per TAB', ...Object.keys(shells)], ['---', '--:', '--:', '--:'], ...rows]
  process.stdout.write(`${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`)
} finally {
  rmSync(folder, {recursive: true, force: true})
}
