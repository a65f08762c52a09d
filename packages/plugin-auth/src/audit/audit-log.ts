import type {LogFile} from '../storage/log-file.js'
import {type AuditEntry, formatEntry, parseEntry} from './audit-entry.js'

/** Who logged in, switched and logged out on this computer, and when. Both methods reject with `STORAGE_ERROR`. */
export interface AuditLog {
  /** False where a variable turned it off. */
  readonly isOn: boolean
  /** Does nothing where it is off. */
  append(entry: AuditEntry): Promise<void>
  /** The oldest first. Damaged lines are passed over. */
  read(): Promise<AuditEntry[]>
}

export const createAuditLog = (file: LogFile, {isOn}: {isOn: boolean}): AuditLog => ({
  isOn,

  async append(entry) {
    if (isOn) await file.append(formatEntry(entry))
  },

  async read() {
    return (await file.lines()).flatMap((line) => parseEntry(line) ?? [])
  },
})
