import {AuthError, isAuthError} from '../errors.js'

/** `problem` continues the sentence that the path begins; `wayOut` is what the person can do about it. */
export const storageError = (path: string, problem: string, wayOut: string): AuthError =>
  new AuthError('STORAGE_ERROR', `${path} ${problem}.`, [wayOut])

/**
 * What the operating system refused, in words. Anything that is not an error of the system passes unchanged: a bug must
 * stay a stack trace.
 */
export function systemError(error: unknown, path: string, attempt: string): unknown {
  const code = systemCode(error)
  if (!code || isAuthError(error)) return error
  const [reason, wayOut] = WORDS[code] ?? [`the system answered ${code}`, 'Look at that path, then try again.']
  return new AuthError('STORAGE_ERROR', `${path} ${attempt}: ${reason}.`, [wayOut], {cause: error})
}

/**
 * Whether Windows refused something because another process has that file open: a virus scanner, an indexer, or one of ours that
 * reads it while it is removed. Such a refusal is over in a moment; elsewhere the same codes are final.
 */
export const isHeldOpen = (error: unknown, platform: NodeJS.Platform = process.platform): boolean =>
  platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '')

export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

const permission = ['permission is denied', 'Check who owns that path and its folder, and their modes.'] as const

const WORDS: Partial<Record<string, readonly [reason: string, wayOut: string]>> = {
  EACCES: permission,
  EPERM: permission,
  ENOSPC: ['the disk is full', 'Free some space, then try again.'],
  EDQUOT: ['your disk quota is used up', 'Free some space, then try again.'],
  EFBIG: ['a limit on the size of files is reached', 'Raise the limit (`ulimit -f`), then try again.'],
  EROFS: ['the file system is read-only', 'Use a configuration folder on a file system that can be written.'],
  ENOTDIR: ['a part of that path is not a folder', 'Move that part away, then try again.'],
  ENOENT: ['it or its folder cannot be made there', 'Use another configuration folder.'],
  EISDIR: ['it is a folder', 'Move it away, then try again.'],
  ENAMETOOLONG: ['the path is too long', 'Use a configuration folder with a shorter path.'],
  EMFILE: ['too many files are open', 'Raise the limit (`ulimit -n`), then try again.'],
  ENFILE: ['too many files are open on this machine', 'Close some programs, then try again.'],
  EBUSY: ['another program uses it', 'Close that program, then try again.'],
  EIO: ['the disk reported an error', 'Check the disk, then try again.'],
  ERR_ACCESS_DENIED: [
    'Node.js was started with --permission, and without the permission for it',
    'Start it with --allow-fs-read and --allow-fs-write, or without --permission.',
  ],
  ELOOP: ['a part of that path is a symbolic link to itself', 'Remove that link, then try again.'],
}
