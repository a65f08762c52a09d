/** Controls, formats (bidirectional, zero-width), lone surrogates, private use, and the two line separators. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/** A value that every shell can insert as it is: fish expands a leading `~`, and a leading `-` would be a flag. */
export const isFitValue = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 200 && /^[^-~]/.test(value) && value.search(UNFIT) === -1

/** A description: the first line of what was given, in one line, without anything that a terminal would obey. */
export const fitDescription = (text: unknown): string =>
  typeof text === 'string' ? (text.split('\n', 1)[0] ?? '').replaceAll(UNFIT, ' ').trim().slice(0, 100) : ''
