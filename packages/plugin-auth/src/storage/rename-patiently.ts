import {renameSync} from 'node:fs'
import {systemCode} from './storage-error.js'

/**
 * On Windows a virus scanner or an indexer may hold the target open for a moment, and a rename over it is then refused
 * with EPERM, EACCES or EBUSY. Tried again five times within a second. Elsewhere those codes are final.
 */
export async function renamePatiently(
  from: string,
  to: string,
  {rename = renameSync, isWindows = process.platform === 'win32'} = {},
): Promise<void> {
  for (const pause of [...PAUSES, undefined]) {
    try {
      rename(from, to)
      return
    } catch (error) {
      const isTransient = isWindows && TRANSIENT.has(systemCode(error) ?? '')
      if (!isTransient || pause === undefined) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

const PAUSES = [20, 60, 150, 300, 400]
const TRANSIENT = new Set(['EPERM', 'EACCES', 'EBUSY'])
