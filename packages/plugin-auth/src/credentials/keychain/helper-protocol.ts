import type {EngineName} from './keychain-engine.js'

/** What the helper process reads as JSON from its standard input. One request, then it ends. */
export interface HelperRequest {
  /** `check` writes, reads and deletes `account`. `lock-probe` rejects when the service's entries are locked. */
  operation: 'get' | 'set' | 'delete' | 'check' | 'lock-probe'
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

export const isHelperReply = (value: unknown): value is HelperReply =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'done' || value.kind === 'failed')
