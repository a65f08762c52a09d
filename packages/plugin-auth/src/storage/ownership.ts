import {chmodSync, fchmodSync, fstatSync, statSync, type Stats} from 'node:fs'
import {storageError} from './storage-error.js'

/** What the storage says on the way, without failing. One sentence each time. */
export type Warn = (text: string) => void

export interface Ownership {
  /** Refuses what belongs to somebody else. */
  requireOwn(path: string, stats: Stats): void
  /** Takes the permissions of group and others away, where there are any, and says so. `descriptor`: of what is open there. */
  tighten(path: string, stats: Stats, descriptor?: number): void
}

/**
 * On Windows both do nothing: there are no uids and the mode bits mean nothing; the folder stands under %LOCALAPPDATA%,
 * whose access list already names only its user.
 */
export function createOwnership(warn: Warn, uid = process.getuid?.()): Ownership {
  let saidThatModesAreNotKept = false

  return {
    requireOwn(path, stats) {
      if (uid === undefined || stats.uid === uid) return
      throw storageError(
        path,
        `belongs to another user (uid ${stats.uid}, and this is uid ${uid})`,
        'Run the command as that user (without sudo, for instance), or move it away.',
      )
    },

    tighten(path, stats, descriptor) {
      if (uid === undefined || (stats.mode & FOR_OTHERS) === 0) return
      const mode = stats.mode & 0o700
      if (descriptor === undefined) chmodSync(path, mode)
      else fchmodSync(descriptor, mode)
      const changed = descriptor === undefined ? statSync(path) : fstatSync(descriptor)
      // vfat, WSL's /mnt/c and some network file systems accept a chmod and keep the mode as it was.
      if ((changed.mode & FOR_OTHERS) === 0) {
        warn(`${path} was open to other users (mode ${octal(stats)}); it is now for you alone.`)
      } else if (!saidThatModesAreNotKept) {
        saidThatModesAreNotKept = true
        warn(`${path} stays open to other users (mode ${octal(stats)}): its file system does not keep modes.`)
      }
    },
  }
}

const FOR_OTHERS = 0o077

const octal = ({mode}: Stats): string => (mode & 0o777).toString(8).padStart(3, '0')
