import {stripVTControlCharacters} from 'node:util'

/** Where a terminal's cursor stands after a text was written from the first column; both count from zero. */
export interface Position {
  row: number
  column: number
}

/** The position after `text`, which may hold colours and line breaks and wraps at `columns`. */
export function positionAfter(text: string, columns: number): Position {
  let row = 0
  let column = 0
  for (const character of stripVTControlCharacters(text)) {
    const width = character === '\n' ? 0 : widthOfCharacter(character)
    if (character === '\n' || column + width > columns) {
      row += 1
      column = 0
    }
    column += width
  }
  return {row, column}
}

/** As much of `text` as fits into `columns`, ending in `…` where something is missing. */
export function truncate(text: string, columns: number): string {
  let width = 0
  let kept = ''
  let room = ''
  for (const character of text) {
    width += widthOfCharacter(character)
    if (width > columns) return columns > 0 ? `${room}…` : ''
    kept += character
    if (width < columns) room = kept
  }
  return text
}

/** The columns that `text`, one line without colours, takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += widthOfCharacter(character)
  return width
}

/** `text` on one line: a line break, a tab or an escape sequence in a label would break the drawing of a list. */
export const oneLine = (text: string): string => stripVTControlCharacters(text).replaceAll(CONTROLS, ' ')

const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu

// Terminals disagree about joined emoji; counting their parts errs towards a line that is too short, never too long.
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u
const ZERO_WIDTH = /[\p{Mn}\p{Me}\u200B-\u200F\u2060-\u2064\uFEFF]/u

function widthOfCharacter(character: string): number {
  if (character >= ' ' && character <= '~') return 1
  if (ZERO_WIDTH.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
