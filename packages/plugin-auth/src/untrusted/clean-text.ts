/**
 * Text that a server chose, made fit for a terminal: one line, no control characters (C0, C1, escape sequences), no
 * bidirectional overrides or invisible characters, at most `limit` UTF-16 units. What is no text or number is nothing.
 */
export function cleanText(value: unknown, limit = 200): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
  return withoutUnfit(text).replaceAll(/ {2,}/g, ' ').trim().slice(0, limit).replace(HALF_OR_SPACE, '')
}

/** Text that can be shown as it is: for what would be another thing once cleaned, such as an id or a name. */
export const isShowable = (value: unknown): value is string =>
  typeof value === 'string' && (PLAIN.test(value) || value.search(unfit()) === -1)

const withoutUnfit = (text: string): string => (PLAIN.test(text) ? text : text.replaceAll(unfit(), ' '))

/** What needs no look at the sets of Unicode: to make V8 read them takes longer than a list of profiles. */
const PLAIN = /^[ -~]*$/

/** Controls, formats (bidirectional, zero-width, tags), lone surrogates, private use, and the two line separators. */
const unfit = (): RegExp => /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/** What a cut may leave at the end. */
const HALF_OR_SPACE = / ?[\uD800-\uDBFF ]$/
