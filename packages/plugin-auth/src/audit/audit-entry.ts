import {cleanText} from '../untrusted/clean-text.js'
import {withoutWholeKeys} from '../untrusted/without-whole-keys.js'

/** What became of one login in one command. It has no place for a secret. */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  time: string
  /** oclif's id of the command. */
  command: string
  /** Null where it was not settled yet. */
  api_url: string | null
  /** The profile's name; null where it came to none. */
  profile: string | null
  /** The folder that was bound to the profile, or is bound to none any longer; else null. */
  folder: string | null
  /** `done`, or the code of the error. */
  result: string
}

/** One line. What a server or a file chose as a name is made fit for a terminal. */
export const formatEntry = ({time, command, api_url, profile, folder, result}: AuditEntry): string =>
  JSON.stringify({
    time,
    command,
    api_url: api_url === null ? null : cleanText(api_url, 500),
    profile: profile === null ? null : withoutWholeKeys(cleanText(profile)),
    ...(folder !== null && {folder: cleanText(folder, 500)}),
    result,
  })

/** Undefined for a line that is damaged, or not ours. Somebody may have edited it: all of it is cleaned. */
export function parseEntry(line: string): AuditEntry | undefined {
  const {time, command, api_url, profile, folder, result} = fieldsOf(line)
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return undefined
  if (typeof command !== 'string' || typeof result !== 'string') return undefined
  return {
    time: new Date(time).toISOString(),
    command: cleanText(command),
    api_url: typeof api_url === 'string' ? cleanText(api_url, 500) : null,
    profile: typeof profile === 'string' ? cleanText(profile) : null,
    folder: typeof folder === 'string' ? cleanText(folder, 500) : null,
    result: cleanText(result),
  }
}

function fieldsOf(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
