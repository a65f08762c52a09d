import type {Profile} from '../profiles/profile.js'
import type {ProfileStore, Turn} from '../profiles/profile-store.js'

export interface TurnPorts {
  profiles: ProfileStore
  /** Throws when the person cancelled meanwhile. */
  checkpoint: () => void
  warn(text: string): void
}

/** This process stood still, and another one went on: what was read is old, and nothing was done about it yet. */
export class TurnLost extends Error {}

/**
 * Runs `work` while no other process renews or ends this login: a refresh token that two of them use looks stolen to its
 * provider (RFC 9700 §4.14.2). What `work` knows of the profile it reads itself, and by `TurnLost` it begins anew.
 */
export async function inTurn<T>(
  {profiles, checkpoint, warn}: TurnPorts,
  {id, name}: Pick<Profile, 'id' | 'name'>,
  work: (turn: Turn) => Promise<T>,
): Promise<T> {
  const onWait = (): void => warn(`Another process is at work on the login of ${name}; waiting for it.`)
  for (;;) {
    try {
      return await profiles.renewing(id, work, {checkpoint, onWait})
    } catch (error) {
      if (!(error instanceof TurnLost)) throw error
    }
  }
}
