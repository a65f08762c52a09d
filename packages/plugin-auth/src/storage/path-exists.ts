import {existsSync} from 'node:fs'

/** Whether anything is at that path: a file, a folder, a socket. */
export const pathExists = (path: string): boolean => existsSync(path)
