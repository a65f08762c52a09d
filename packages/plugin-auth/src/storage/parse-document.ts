import {isUtf8} from 'node:buffer'

/** How one kind of document is read. */
export interface DocumentFormat<T> {
  /** The newest `version` this program understands; it is written into every saved document. */
  version: number
  /**
   * Narrows what was read of the document of that name, and keeps the keys it does not know: a newer program wrote them.
   * Throws an `Error` whose message says what is wrong, continuing the sentence that the path begins ("has no api_url").
   */
  parse(value: Record<string, unknown>, name: string): T
}

export type ParsedDocument<T> =
  | {kind: 'read'; document: T}
  | {kind: 'newer'; version: number}
  /** `reason` continues the sentence that the path begins. It never quotes the text, which may hold a secret. */
  | {kind: 'damaged'; reason: string}

/** Narrows the bytes of a file, which are the first `length` of `room`, to a document. Pure. */
export function parseDocument<T>(
  room: Buffer,
  name: string,
  format: DocumentFormat<T>,
  length = room.length,
): ParsedDocument<T> {
  const text = room.toString('utf8', 0, length)
  // Why a text is refused is asked of those that are: a list of 1,000 profiles would pay for it.
  if (text.includes(REPLACEMENT) && !isUtf8(room.subarray(0, length))) return damaged('is not UTF-8 text')

  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return damaged(whyNotJson(text))
  }

  if (!isRecord(value)) return damaged('is not a JSON object')
  const hazard = mayHoldHazard(text) ? findHazard(value) : undefined
  if (hazard) return damaged(hazard)

  const {version} = value
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return damaged('has no valid version')
  if (version > format.version) return {kind: 'newer', version}
  try {
    return {kind: 'read', document: format.parse(value, name)}
  } catch (error) {
    return damaged(error instanceof Error ? error.message : 'has an unexpected shape')
  }
}

const damaged = (reason: string) => ({kind: 'damaged', reason}) as const

/** What a decoder writes for bytes that are no text. */
const REPLACEMENT = '\uFFFD'

/** Not the parser's own message, which quotes a piece of the text. */
function whyNotJson(text: string): string {
  if (text === '') return 'is empty'
  if (text.includes('\0')) return 'has NUL bytes in it'
  if (text.startsWith('\uFEFF')) return 'starts with a byte order mark'
  return 'is not valid JSON'
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Cheaper than to look: few texts have so much in them. A backslash may spell the letters of a key otherwise. */
const mayHoldHazard = (text: string): boolean =>
  text.includes('__proto__') || text.includes('\\') || hasMore(text, '{', 5) || hasMore(text, '[', 5)

function hasMore(text: string, letter: string, most: number): boolean {
  let found = -1
  for (let count = 0; count <= most; count++) {
    found = text.indexOf(letter, found + 1)
    if (found === -1) return false
  }
  return true
}

/** Not recursive: the text decides how deep this goes. An own key `__proto__` becomes the prototype in a careless copy. */
function findHazard(document: object): string | undefined {
  const pending: [object, number][] = [[document, 1]]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [value, depth] = next
    if (depth > DEPTH_LIMIT) return 'is nested too deep'
    if (Object.hasOwn(value, '__proto__')) return 'has a key named __proto__'
    for (const inner of Object.values(value)) {
      if (typeof inner === 'object' && inner !== null) pending.push([inner, depth + 1])
    }
  }

  return undefined
}

const DEPTH_LIMIT = 20
