import type {Reply} from './reply.js'

/**
 * Statuses that say "not now". 501 is not among them: a control plane answers it where browser login is not enabled,
 * and asking again changes nothing.
 */
export const isTransientStatus = (status: number): boolean => TRANSIENT.has(status)

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504])

/** What `Retry-After` asks for in seconds (RFC 9110 §10.2.3: a number or a date), or undefined without a usable one. */
export function retryAfterSeconds({headers}: Pick<Reply, 'headers'>, now = Date.now()): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}
