import {closeSync, constants, fstatSync, openSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/**
 * A file that the system or its administrator keeps, and that anybody may own: links are followed. Undefined where it is
 * none that can be read. `O_NONBLOCK`: opening a FIFO would otherwise wait for a writer for ever.
 */
export function readSystemFile(path: string, limit = LIMIT): string | undefined {
  let descriptor
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(descriptor)
    return stats.isFile() && stats.size <= limit ? readFileSync(descriptor, 'latin1') : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** The paths in a folder of the system; none where it cannot be listed. */
export function listSystemFolder(path: string): string[] {
  try {
    return readdirSync(path).map((name) => join(path, name))
  } catch {
    return []
  }
}

/** Ten times the certificates that a system has. */
const LIMIT = 4 << 20
