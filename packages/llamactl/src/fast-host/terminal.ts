import {fstatSync, statSync} from 'node:fs'

/** Certain without `node:tty`, which brings `node:net` along: a file, a pipe, or the device that swallows everything. */
export function isNoTerminal(descriptor: 1 | 2): boolean {
  if (process.platform === 'win32') return false
  try {
    const stats = fstatSync(descriptor)
    return !stats.isCharacterDevice() || stats.rdev === statSync('/dev/null').rdev
  } catch {
    return false
  }
}

/** Where oclif wants no colors unless somebody asks for them. */
export const isPlain = (): boolean =>
  (isNoTerminal(1) || isNoTerminal(2)) &&
  process.env['FORCE_COLOR'] === undefined &&
  !process.argv.some((arg) => /^-{1,2}colors?(?:=|$)/.test(arg))
