/**
 * One entry of an env file as python-dotenv divides it, which is what the Python llamactl and most programs read it with.
 * The entries of a text, put together, are the text.
 */
export interface EnvEntry {
  /** Blank lines and comments have none; a line that nobody can read has the name that it begins with. */
  name?: string
  /** Null where there is no `=`. A line that cannot be read has none. */
  value?: string | null
  text: string
}

export function parseEnvFile(text: string): EnvEntry[] {
  const reader = createReader(text)
  const entries: EnvEntry[] = []
  while (!reader.isAtEnd()) entries.push(readEntry(reader))
  return entries
}

type Reader = ReturnType<typeof createReader>

function createReader(text: string) {
  let position = 0
  return {
    isAtEnd: () => position >= text.length,
    next: () => text.charAt(position),
    position: () => position,
    since: (start: number) => text.slice(start, position),

    /** The first group, or all of what matches here; undefined where it does not. `pattern` is sticky. */
    take(pattern: RegExp): string | undefined {
      pattern.lastIndex = position
      const match = pattern.exec(text)
      if (match) position += match[0].length
      return match ? (match[1] ?? match[0]) : undefined
    },
  }
}

function readEntry(reader: Reader): EnvEntry {
  const start = reader.position()
  // The byte order mark that Windows programs put first is a space here, and a part of the name in Python.
  reader.take(/\s*/y)
  if (reader.isAtEnd()) return {text: reader.since(start)}
  reader.take(/(?:export[^\S\r\n]+)?/y)
  const isComment = reader.next() === '#'
  const name = isComment ? undefined : reader.take(reader.next() === "'" ? /'([^']+)'/y : /([^=#\s]+)/y)
  const isNamed = isComment || name !== undefined
  reader.take(SPACES)
  const hasValue = isNamed && reader.next() === '='
  if (hasValue) reader.take(/=[^\S\r\n]*/y)
  const value = hasValue ? readValue(reader) : null
  const isWhole = isNamed && value !== undefined && takeRest(reader)
  if (!isWhole) reader.take(/[^\r\n]*(?:\r\n|\r|\n)?/y)
  return {
    ...(name !== undefined && {name}),
    ...(isWhole && name !== undefined && {value}),
    text: reader.since(start),
  }
}

function readValue(reader: Reader): string | undefined {
  switch (reader.next()) {
    case "'":
      return reader.take(/'((?:\\'|[^'])*)'/y)?.replaceAll(/\\([\\'])/g, '$1')
    case '"':
      return reader
        .take(/"((?:\\"|[^"])*)"/y)
        ?.replaceAll(/\\([\\'"abfnrtv])/g, (_, letter: string) => unescaped(letter))
    default:
      return reader
        .take(/[^\r\n]*/y)
        ?.replace(/\s+#.*/, '')
        .trimEnd()
  }
}

const unescaped = (letter: string): string =>
  ({a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v'})[letter] ?? letter

const takeRest = (reader: Reader): boolean => {
  reader.take(/(?:[^\S\r\n]*#[^\r\n]*)?/y)
  return reader.take(/[^\S\r\n]*(?:\r\n|\n|\r|$)/y) !== undefined
}

const SPACES = /[^\S\r\n]*/y
