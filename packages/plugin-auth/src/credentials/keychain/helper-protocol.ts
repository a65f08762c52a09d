import {type EngineName, isEngineName} from './keychain-engine.js'

/** What the helper process reads as JSON from its standard input. One request, then it ends. */
export interface HelperRequest {
  /** `check` writes, reads and deletes `account`. `greet` only opens a session. */
  operation: 'get' | 'set' | 'delete' | 'check' | 'greet'
  /** Tried in this order; the first that loads is used. */
  engines: readonly EngineName[]
  service: string
  account: string
  secret?: string
  /** The process that asks. When it is gone, or after `limit` milliseconds, the helper ends itself. */
  parent: number
  limit: number
}

/** What the helper writes as one line of JSON to descriptor 3. `text` is the library's own and never shown. */
export type HelperReply =
  | {kind: 'done'; engine: EngineName; value: string | boolean | null}
  | {kind: 'failed'; stage: 'load' | 'call' | 'verify'; engine: EngineName; text: string}

/** Undefined for half a reply, and for what is none: a value that is no text must not be taken for "absent". */
export function parseReply(text: string): HelperReply | undefined {
  let reply: Partial<Record<string, unknown>> | null
  try {
    reply = JSON.parse(text) as typeof reply
  } catch {
    return undefined
  }

  if (typeof reply !== 'object' || reply === null) return undefined
  const {kind, engine, value, stage, text: said} = reply
  if (typeof engine !== 'string' || !isEngineName(engine)) return undefined
  if (kind === 'done' && (value === null || typeof value === 'string' || typeof value === 'boolean')) {
    return {kind, engine, value}
  }

  const isStage = stage === 'load' || stage === 'call' || stage === 'verify'
  return kind === 'failed' && isStage && typeof said === 'string' ? {kind, engine, stage, text: said} : undefined
}
