/**
 * Text that a server chose, made fit for a terminal: one line, no control characters (C0, C1, escape sequences), no
 * bidirectional overrides or invisible characters, at most `limit` characters.
 */
export function cleanText(value: unknown, limit = 200): string {
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value)
  return text.replaceAll(UNFIT, ' ').replaceAll(/ {2,}/g, ' ').trim().slice(0, limit)
}

// eslint-disable-next-line no-control-regex
const UNFIT = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g
