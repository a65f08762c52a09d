import {renameSync} from 'node:fs'
import {isHeldOpen} from './storage-error.js'

/**
 * On Windows a rename over a file that somebody has open is refused (`isHeldOpen`). Tried again five times within a second.
 */
export async function renamePatiently(
  from: string,
  to: string,
  {rename = renameSync, platform = process.platform} = {},
): Promise<void> {
  for (const pause of [...PAUSES, undefined]) {
    try {
      rename(from, to)
      return
    } catch (error) {
      if (!isHeldOpen(error, platform) || pause === undefined) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

const PAUSES = [20, 60, 150, 300, 400]
