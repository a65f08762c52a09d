import type {Choice} from './prompter.js'

/** A list being chosen from: what the filter leaves of it, and which line is highlighted. */
export interface ChoiceList<T> {
  readonly total: number
  readonly matches: number
  readonly filter: string
  /** Nothing when the filter matches nothing. */
  readonly highlighted: Choice<T> | undefined
  /** Keeps the choices with `text` anywhere in label or hint; an empty text keeps all. */
  narrow(text: string): void
  /** Moves the highlight; beyond an end it comes back at the other. */
  move(by: number): void
  /** Moves the highlight and stops at the ends. */
  leap(by: number): void
  /** At most `size` choices, the highlighted one among them. */
  page(size: number): ChoicePage<T>
}

export interface ChoicePage<T> {
  choices: Choice<T>[]
  /** The place of the page's first choice among all matches, from zero. */
  first: number
  /** The place of the highlighted choice on the page. */
  highlighted: number
}

export function createChoiceList<T>(choices: Choice<T>[], initial?: T): ChoiceList<T> {
  const texts = choices.map(({label, hint}) => `${label} ${hint ?? ''}`.toLowerCase())
  const start = Math.max(
    0,
    choices.findIndex(({value}) => initial !== undefined && value === initial),
  )
  let filter = ''
  let matches = choices
  let at = start
  let first = 0

  return {
    get total() {
      return choices.length
    },
    get matches() {
      return matches.length
    },
    get filter() {
      return filter
    },
    get highlighted() {
      return matches[at]
    },

    narrow(text) {
      filter = text
      const wanted = text.trim().toLowerCase()
      matches = wanted ? choices.filter((_, index) => texts[index]?.includes(wanted)) : choices
      at = wanted ? 0 : start
    },

    move(by) {
      if (matches.length > 0) at = (at + by + matches.length) % matches.length
    },

    leap(by) {
      at = clamp(at + by, 0, matches.length - 1)
    },

    page(size) {
      first = clamp(first, at - size + 1, at)
      first = clamp(first, 0, matches.length - size)
      return {choices: matches.slice(first, first + size), first, highlighted: at - first}
    },
  }
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, Math.max(low, high)))
