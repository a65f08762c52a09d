// Makes docs/demo.svg: the demo, recorded in a pseudo-terminal, as a picture that types by itself. What differs from run to run
// (ports, ids, the code, how long something took) is made the same, so that `--check` can compare the picture with the demo.
import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'
import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {drawTerminal} from './draw-terminal.mjs'

const COLUMNS = 96
const SPINNER = [...'⣾⣽⣻⢿⡿⣟⣯⣷']
const WAITING = 'Waiting for your approval...'

const file = fileURLToPath(new URL('../docs/demo.svg', import.meta.url))
const screen = await record()
const svg = drawTerminal({
  title: 'llamactl auth',
  description:
    'A recorded terminal session: llamactl adds an environment, logs in with a browser, lists profiles, chooses a project, ' +
    'adds a second profile from an API key, switches between them, and logs out.',
  columns: COLUMNS,
  rows: 24,
  steps: stepsOf(linesOf(screen)),
})

if (!process.argv.includes('--check')) writeFileSync(file, svg)
else if (readFileSync(file, 'utf8') !== svg) {
  process.stderr.write('docs/demo.svg does not show what the demo prints. Run: npm run demo:svg\n')
  process.exitCode = 1
}

/** The whole session on one screen. */
async function record() {
  const terminal = new xterm.Terminal({cols: COLUMNS, rows: 300, allowProposedApi: true})
  const demo = fileURLToPath(new URL('demo.mjs', import.meta.url))
  const {PATH, HOME, SystemRoot} = process.env
  const env = {PATH, HOME, ...(SystemRoot && {SystemRoot}), SHELL: '/bin/bash', LANG: 'C.UTF-8'}
  const pty = spawn(process.execPath, [demo, '--auto'], {name: 'xterm-256color', cols: COLUMNS, rows: 300, env})
  pty.onData((data) => terminal.write(data))
  const {exitCode} = await new Promise((resolve) => pty.onExit(resolve))
  await new Promise((resolve) => terminal.write('', resolve))
  if (exitCode !== 0) throw new Error(`The demo ended with ${exitCode}:\n${linesOf(terminal).map(textOf).join('\n')}`)
  return terminal
}

/** Each line as runs of characters that look the same, from the first title on. */
function linesOf({buffer, rows}) {
  const lines = Array.from({length: rows}, (_, row) => runsOf(buffer.active.getLine(row)))
  const first = lines.findIndex((line) => textOf(line).startsWith('# '))
  const last = lines.findLastIndex((line) => line.length > 0)
  return lines.slice(first, last + 1).filter((line) => !/^Asking .*\.\.\.$/.test(textOf(line)))
}

function runsOf(line) {
  const runs = []
  const length = line.translateToString(true).length
  for (let column = 0; column < length; column += 1) {
    const cell = line.getCell(column)
    const look = {
      colour: cell.isFgPalette() ? cell.getFgColor() : -1,
      isBold: cell.isBold() > 0,
      isDim: cell.isDim() > 0,
    }
    const previous = runs.at(-1)
    if (previous && JSON.stringify(previous.look) === JSON.stringify(look)) previous.text += cell.getChars() || ' '
    else runs.push({text: cell.getChars() || ' ', look})
  }

  return runs.map(({text, look}) => ({text: normalised(text), look}))
}

function textOf(runs) {
  return runs.map(({text}) => text).join('')
}

function normalised(text) {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:4010')
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '5d0ee8a6-3c52-4f5e-9d0b-a0e1f0a2b7c4')
    .replaceAll(/\b[B-Z]{4}-[B-Z]{4}\b/g, 'GBSK-CGDW')
}

/** What is typed, what is printed, and what is waited for. */
function stepsOf(lines) {
  const steps = []
  for (const line of lines) {
    const text = textOf(line)
    const last = steps.at(-1)
    if (text.startsWith('# ')) steps.push({kind: 'title', lines: [line]})
    else if (text.startsWith('$ ')) steps.push({kind: 'command', lines: [line]})
    else if (text.startsWith(WAITING)) {
      const frames = SPINNER.map((frame) => [
        plain(`${WAITING} `),
        {...plain(frame), look: {colour: 5}},
        plain(' 9:59 left'),
      ])
      steps.push({kind: 'wait', lines: [line], frames})
    } else if (last?.kind === 'output') last.lines.push(line)
    else steps.push({kind: 'output', lines: [line]})
  }

  return steps
}

function plain(text) {
  return {text, look: {colour: -1}}
}
