import type {AuditLog} from './audit/audit-log.js'

/** A login that a recorded command is about. */
export interface AuditSubject {
  apiUrl: string | null
  /** The profile's name. */
  profile: string | null
  /** Where it is about the profile of a folder. */
  folder?: string
  /** Absent: that of the command. */
  result?: string
}

/** What one command leaves in the audit log: a line for each login that it was about, or one without a login. */
export interface AuditTrail {
  /** As soon as it is known. Only names of profiles that are there: what was typed may be a key in the wrong place. */
  note(subject: AuditSubject): void
  /** The command only looked: it leaves nothing. */
  drop(): void
  /** `code` is that of the error, if there was one. */
  end(outcome: {apiUrl: string | undefined; code: string | undefined}): Promise<void>
}

export function createAuditTrail(log: AuditLog, command: string): AuditTrail {
  const subjects: AuditSubject[] = []
  let isDropped = false

  return {
    note: (subject) => void subjects.push(subject),
    drop: () => void (isDropped = true),

    async end({apiUrl, code = 'done'}) {
      // Whoever waits for a person asks every few seconds.
      if (isDropped || code === 'LOGIN_PENDING') return
      const lines = subjects.map(({apiUrl, profile, folder = null, result = code}) => {
        return {api_url: apiUrl, profile, folder, result}
      })
      const isTold = lines.some(({result}) => result === code)
      const time = new Date().toISOString()
      for (const line of isTold
        ? lines
        : [...lines, {api_url: apiUrl ?? null, profile: null, folder: null, result: code}]) {
        await log.append({time, command, ...line})
      }
    },
  }
}
