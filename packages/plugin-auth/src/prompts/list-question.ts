import type {Key} from 'node:readline'

import {createChoiceList} from './choice-list.js'
import {drawing} from './drawing.js'
import type {EnquirerOptions, EnquirerPrompt} from './enquirer-prompt.js'
import type {Choice} from './prompter.js'
import {oneLine, truncate, widthOf} from './text-width.js'

export interface ListQuestion<T> {
  /** For enquirer's bare `Prompt`. */
  options: EnquirerOptions
  /** The value chosen, once the prompt is submitted. */
  chosen(): T
}

/** A longer list is filtered by typing. */
const MOST_WITHOUT_FILTER = 7
const MOST_LINES = 10
/** The question, the line below the list, and one to spare for a question that wraps. */
const OTHER_LINES = 3

/**
 * A list to choose from. It stands on enquirer's bare `Prompt`, not on its AutoComplete: that one compares every choice
 * with every other at each key (10,000: a quarter of a second), finds choices by name where two may be called alike, and marks the
 * highlighted one by colour only.
 */
export function listQuestion<T>(given: Choice<T>[], initial?: T): ListQuestion<T> {
  const choices = given.map(({label, hint, ...rest}) => ({
    ...rest,
    label: oneLine(label),
    ...(hint && {hint: oneLine(hint)}),
  }))
  const list = createChoiceList(choices, initial)
  const isFiltered = choices.length > MOST_WITHOUT_FILTER
  const pageSize = (prompt: EnquirerPrompt): number => Math.max(1, Math.min(MOST_LINES, prompt.height - OTHER_LINES))

  const chosen = (): Choice<T> => {
    if (!list.highlighted) throw new Error('Nothing was chosen.')
    return list.highlighted
  }

  return {
    chosen: () => chosen().value,

    options: {
      ...drawing(() => list.filter),
      // An action of its own, because enquirer's submit() would end the prompt with no choice at all.
      submitChoice() {
        return list.highlighted ? this.submit() : this.alert()
      },
      up() {
        return move(this, -1)
      },
      down() {
        return move(this, 1)
      },
      next() {
        return move(this, 1)
      },
      pageUp() {
        list.leap(-pageSize(this))
        return this.render()
      },
      pageDown() {
        list.leap(pageSize(this))
        return this.render()
      },
      first() {
        list.leap(-list.total)
        return this.render()
      },
      last() {
        list.leap(list.total)
        return this.render()
      },
      delete() {
        if (!list.filter) return this.alert()
        list.narrow([...list.filter].slice(0, -1).join(''))
        return this.render()
      },
      reset() {
        list.narrow('')
        return this.render()
      },
      dispatch(text: string | undefined, key: Key) {
        if (!isFiltered || !text || key.ctrl || key.meta) return this.alert()
        list.narrow(list.filter + text)
        return this.render()
      },

      async render() {
        const {state, styles} = this
        const question = [await this.prefix(), await this.message(), await this.separator()].join(' ')
        const lines = state.submitted ? [] : linesBelow(this)
        const typed = state.cancelled ? '' : state.submitted ? styles.submitted(label(this)) : list.filter
        this.clear()
        state.prompt = question
        this.write([`${question} ${typed}`, ...lines].join('\n'))
        this.restore()
      },
    },
  }

  function move(prompt: EnquirerPrompt, by: number): Promise<void> {
    list.move(by)
    return prompt.render()
  }

  function label(prompt: EnquirerPrompt): string {
    return truncate(chosen().label, prompt.width - 1)
  }

  function linesBelow(prompt: EnquirerPrompt): string[] {
    const {choices, first, highlighted} = list.page(pageSize(prompt))
    const lines = choices.map((choice, index) => line(prompt, choice, index === highlighted))
    if (list.matches === 0) {
      lines.push(prompt.styles.danger(truncate(`  No match for "${list.filter}". Backspace widens.`, prompt.width - 1)))
    }
    if (isFiltered || choices.length < list.total) {
      const range = list.matches > choices.length ? `${first + 1}–${first + choices.length} of ` : ''
      const matches = list.filter ? `${list.matches} matching, ${list.total} in all` : `${list.total}`
      const help = isFiltered ? 'type to filter, ↑↓ to move' : '↑↓ to move'
      lines.push(prompt.styles.muted(truncate(`  ${range}${matches} · ${help}`, prompt.width - 1)))
    }
    return lines
  }

  function line({styles, symbols, width}: EnquirerPrompt, {label, hint}: Choice<T>, isHighlighted: boolean): string {
    const room = width - 3
    const shown = truncate(label, room)
    const text = `${isHighlighted ? symbols.pointer : ' '} ${isHighlighted ? styles.primary(shown) : shown}`
    const left = room - widthOf(shown) - 1
    return hint && left > 1 ? `${text} ${styles.muted(truncate(hint, left))}` : text
  }
}
