import {chmodSync, lstatSync, mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Config} from '@oclif/core/interfaces'

export const indexFolder = ({cacheDir}: Pick<Config, 'cacheDir'>): string => join(cacheDir, 'completion')

/** Whether completion is in use: it is the shell's first question, or the installation, that makes the folder. */
export const isInUse = (config: Pick<Config, 'cacheDir'>): boolean => isOwnFolder(indexFolder(config))

/** False where something else has the name, or somebody else owns it: nothing is written then. */
export function makeIndexFolder(config: Pick<Config, 'cacheDir'>): boolean {
  const folder = indexFolder(config)
  mkdirSync(folder, {recursive: true, mode: 0o700})
  if (!isOwnFolder(folder)) return false
  chmodSync(folder, 0o700)
  return true
}

function isOwnFolder(folder: string): boolean {
  const entry = lstatSync(folder, {throwIfNoEntry: false})
  const uid = process.getuid?.()
  return entry?.isDirectory() === true && (uid === undefined || entry.uid === uid)
}
