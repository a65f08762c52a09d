import type {EnquirerOptions, EnquirerPrompt} from './enquirer-prompt.js'
import {positionAfter} from './text-width.js'

/**
 * Draws a prompt, in place of enquirer's own methods. Those count characters instead of columns, so that a wide or
 * wrapped line leaves traces; they hide the cursor without showing it again; and for that they take SIGINT and SIGTERM
 * of the whole process for good, which would cut short the clean-up of a command interrupted long after its question.
 *
 * `typed` is the text between the question and the cursor.
 */
export function drawing(typed: (prompt: EnquirerPrompt) => string): EnquirerOptions {
  let beforeCursor = ''
  let erase = ''

  return {
    cursorHide() {},
    cursorShow() {},
    // The keys are read by conversation.ts.
    start() {},

    clear() {
      const {row} = positionAfter(beforeCursor, this.width)
      erase = `${up(row)}\r${ERASE_BELOW}`
      this.state.buffer = ''
    },

    // Erases and draws in one go, so that nothing flickers.
    write(text: string) {
      if (!text) return
      this.stdout.write(erase + text)
      this.state.buffer += text
      erase = ''
    },

    restore() {
      const {buffer, prompt, submitted} = this.state
      beforeCursor = submitted ? buffer : `${prompt} ${typed(this)}`.replace(/ {2}$/, ' ')
      const end = positionAfter(buffer, this.width)
      const cursor = positionAfter(beforeCursor, this.width)
      if (cursor.row === end.row && cursor.column === end.column) return
      this.stdout.write(`${up(end.row - cursor.row)}\r${right(Math.min(cursor.column, this.width - 1))}`)
    },

    close() {
      this.state.closed = true
      this.stdout.write('\n')
      this.emit('close')
    },
  }
}

const ERASE_BELOW = '\u001B[J'
const up = (rows: number): string => (rows > 0 ? `\u001B[${rows}A` : '')
const right = (columns: number): string => (columns > 0 ? `\u001B[${columns}C` : '')
