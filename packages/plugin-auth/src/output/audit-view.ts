import type {AuditEntry} from '../audit/audit-entry.js'
import {table} from './table.js'

/** A line of the audit log as `--json` shows it. */
export interface AuditEntryView {
  time: string
  /** As it is typed. */
  command: string
  api_url: string | null
  profile: string | null
  /** The folder that was bound to the profile, or is bound to none any longer; else null. */
  folder: string | null
  /** `done`, or the code of the error. */
  result: string
}

export const auditTable = (views: AuditEntryView[]): string =>
  table(
    ['TIME', 'COMMAND', 'PROFILE', 'ENVIRONMENT', 'RESULT', ''],
    views.map(({time, command, profile, api_url, folder, result}) => [
      time,
      command,
      profile ?? '-',
      api_url ?? '-',
      result,
      folder ?? '',
    ]),
  )

export const viewAuditEntry = (entry: AuditEntry, {command}: {command: string}): AuditEntryView => ({
  time: entry.time,
  command,
  api_url: entry.api_url,
  profile: entry.profile,
  folder: entry.folder,
  result: entry.result,
})
