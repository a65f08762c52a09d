import {isUtf8} from 'node:buffer'

/** How one kind of document is read. */
export interface DocumentFormat<T> {
  /** The newest `version` this program understands; it is written into every saved document. */
  version: number
  /**
   * Narrows what was read, and keeps the keys it does not know: a newer program wrote them. Throws an `Error` whose
   * message says what is wrong, continuing the sentence that the path begins ("has no api_url").
   */
  parse(value: Record<string, unknown>): T
}

export type ParsedDocument<T> =
  | {kind: 'read'; document: T}
  | {kind: 'newer'; version: number}
  /** `reason` continues the sentence that the path begins. It never quotes the text, which may hold a secret. */
  | {kind: 'damaged'; reason: string}

/** Narrows the bytes of a file to a document. Pure. */
export function parseDocument<T>(content: Buffer, format: DocumentFormat<T>): ParsedDocument<T> {
  const damaged = (reason: string) => ({kind: 'damaged', reason}) as const
  if (content.length === 0) return damaged('is empty')
  if (content.includes(0)) return damaged('has NUL bytes in it')
  if (!isUtf8(content)) return damaged('is not UTF-8 text')
  const text = content.toString('utf8')
  if (text.startsWith('\uFEFF')) return damaged('starts with a byte order mark')

  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes a piece of the text.
    return damaged('is not valid JSON')
  }

  if (!isRecord(value)) return damaged('is not a JSON object')
  const hazard = findHazard(value)
  if (hazard) return damaged(hazard)

  const {version} = value
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return damaged('has no valid version')
  if (version > format.version) return {kind: 'newer', version}
  try {
    return {kind: 'read', document: format.parse(value)}
  } catch (error) {
    return damaged(error instanceof Error ? error.message : 'has an unexpected shape')
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

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
