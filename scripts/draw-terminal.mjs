// A terminal as an animated SVG: no script and no font of its own. Who prefers reduced motion sees the end of the session.

const CELL = 8.4
const LINE = 20
const SIDE = 24
const BAR = 40

// Of Primer, the palette of GitHub's dark theme; the frame keeps it apart from a dark page as well as from a light one.
const COLOURS = {
  back: '#0d1117',
  bar: '#161b22',
  frame: '#30363d',
  text: '#e6edf3',
  muted: '#8b949e',
  prompt: '#3fb950',
  cursor: '#58a6ff',
}
const PALETTE = ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4']

/** Seconds. */
const TYPED_LETTER = 0.045
const BEFORE_TYPING = 0.5
const BEFORE_OUTPUT = 0.35
const WAIT = 3.2
const AT_THE_END = 5

/**
 * @param steps in their order: `{kind: 'title' | 'command' | 'output' | 'wait', lines, frames}`. A line is an array of
 *   `{text, look: {colour, isBold, isDim}}`; `frames` are what the line of a wait shows in turn while it waits.
 */
export function drawTerminal({title, description, columns, rows, steps}) {
  const width = Math.ceil(columns * CELL + 2 * SIDE)
  const height = BAR + rows * LINE + SIDE
  const {events, total} = timed(steps)
  const count = events.reduce((sum, {lines}) => sum + lines.length, 0)
  const percent = (seconds) => `${Number(((seconds / total) * 100).toFixed(2))}%`
  const rules = []
  const shapes = []
  const scrolls = []
  let row = 0

  for (const [index, {kind, lines, frames, start, end}] of events.entries()) {
    const rowsBefore = row
    const drawn = lines.map((line) => drawLine(line, row++, kind))
    shapes.push(`<g class="a s${index}">${drawn.join('')}</g>`)
    rules.push(appear(`s${index}`, percent(kind === 'wait' ? end : start), '100%'))
    const hidden = Math.max(0, row - rows)
    if (hidden > Math.max(0, rowsBefore - rows)) scrolls.push([percent(start), -hidden * LINE])

    if (kind === 'command') {
      const letters = textOf(lines[0]).length - 2
      const x = SIDE + 2 * CELL
      const y = BAR + rowsBefore * LINE
      shapes.push(
        `<g class="a c${index} once"><g class="t${index}"><rect x="${n(x)}" y="${y}" width="${n(letters * CELL + CELL)}" height="${LINE}" fill="${COLOURS.back}"/>` +
          `<rect x="${n(x)}" y="${y + 2}" width="${CELL}" height="${LINE - 4}" fill="${COLOURS.cursor}"/></g></g>`,
      )
      rules.push(
        appear(`c${index}`, percent(start), percent(end)),
        `@keyframes t${index}{0%,${percent(start + BEFORE_TYPING)}{transform:translateX(0)}${percent(end - BEFORE_OUTPUT)},100%{transform:translateX(${n(letters * CELL)}px)}}` +
          `.t${index}{animation:t${index} ${n(total)}s steps(${letters}) infinite}`,
      )
    }

    if (kind === 'wait') {
      const shown = frames.map(
        (frame, turn) =>
          `<g class="f" style="animation-delay:${n(turn / 10 - frames.length / 10)}s">${drawLine(frame, rowsBefore, kind)}</g>`,
      )
      shapes.push(`<g class="a c${index} once">${shown.join('')}</g>`)
      rules.push(appear(`c${index}`, percent(start), percent(end)))
      rules.push(
        `@keyframes f{0%{opacity:1}${n(100 / frames.length)}%,100%{opacity:0}}.f{animation:f ${n(frames.length / 10)}s step-end infinite}`,
      )
    }
  }

  const last = -Math.max(0, count - rows) * LINE
  const scroll = [
    '0%{transform:translateY(0)}',
    ...scrolls.map(([at, y]) => `${at}{transform:translateY(${y}px)}`),
    `100%{transform:translateY(${last}px)}`,
  ]

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escape(title)}</title>
<desc id="desc">${escape(description)}</desc>
<style>
text{font:14px ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;fill:${COLOURS.text};white-space:pre;dominant-baseline:central}
.muted{fill:${COLOURS.muted}}.prompt{fill:${COLOURS.prompt};font-weight:bold}.typed{font-weight:bold}.once{opacity:0}
${PALETTE.map((colour, index) => `.p${index}{fill:${colour}}`).join('')}
.scroll{transform:translateY(${last}px)}
@media (prefers-reduced-motion:no-preference){
.a{opacity:0;animation:${n(total)}s step-end infinite}
.scroll{animation:scroll ${n(total)}s step-end infinite}
@keyframes scroll{${scroll.join('')}}
${rules.join('\n')}
}
</style>
<defs><clipPath id="screen"><rect x="1" y="${BAR}" width="${width - 2}" height="${rows * LINE}"/></clipPath></defs>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="${COLOURS.back}" stroke="${COLOURS.frame}"/>
<path d="M1 ${BAR - 12}V10.5A9.5 9.5 0 0 1 10.5 1H${width - 10.5}A9.5 9.5 0 0 1 ${width - 1} 10.5V${BAR - 12}Z" fill="${COLOURS.bar}"/>
${['#ff5f57', '#febc2e', '#28c840'].map((colour, index) => `<circle cx="${20 + index * 18}" cy="14.5" r="5.5" fill="${colour}"/>`).join('')}
<text class="muted" x="${width / 2}" y="14.5" text-anchor="middle" style="font-size:12px">${escape(title)}</text>
<g clip-path="url(#screen)"><g class="scroll">
${shapes.join('\n')}
</g></g>
</svg>
`

  function appear(name, from, to) {
    const until = to === '100%' ? '' : `${to}{opacity:0}`
    const before = from === '0%' ? '' : '0%{opacity:0}'
    return `@keyframes ${name}{${before}${from}{opacity:1}${until}}.${name}{animation-name:${name}}`
  }
}

/** When each step begins and ends. */
function timed(steps) {
  let now = 0.6
  const events = steps.map((step) => {
    const start = now
    if (step.kind === 'title') now += 0.5
    else if (step.kind === 'command') now += BEFORE_TYPING + TYPED_LETTER * textOf(step.lines[0]).length + BEFORE_OUTPUT
    else if (step.kind === 'wait') now += WAIT
    else if (step.lines.every((line) => line.length === 0)) now += 0.1
    else now += Math.min(2.6, 0.9 + 0.16 * step.lines.length)
    return {...step, start, end: now}
  })
  return {events, total: now + AT_THE_END}
}

function drawLine(line, row, kind) {
  const y = BAR + row * LINE + LINE / 2
  if (kind === 'command') {
    const typed = textOf(line).slice(2)
    return drawText('$', 0, y, 'prompt') + drawText(typed, 2, y, 'typed')
  }

  let column = 0
  return line
    .map(({text, look}) => {
      const at = column
      column += [...text].length
      const name = kind === 'title' || look.isDim ? 'muted' : PALETTE[look.colour] ? `p${look.colour}` : ''
      return drawText(text, at, y, name)
    })
    .join('')
}

/** `textLength` keeps the columns in line, whichever font there is. */
function drawText(text, column, y, name) {
  const shown = text.trimEnd()
  if (!shown.trim()) return ''
  const indent = shown.length - shown.trimStart().length
  const letters = [...shown.trimStart()].length
  const x = SIDE + (column + indent) * CELL
  return `<text${name && ` class="${name}"`} x="${n(x)}" y="${y}" textLength="${n(letters * CELL)}">${escape(shown.trimStart())}</text>`
}

const textOf = (line) =>
  line
    .map(({text}) => text)
    .join('')
    .trimEnd()

const n = (value) => String(Number(value.toFixed(2)))

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
