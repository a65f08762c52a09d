import {basename, dirname, join, relative, sep} from 'node:path'
import {AuthError} from '../errors.js'
import {cleanText} from '../untrusted/clean-text.js'
import {type GitAnswer, runGit} from './run-git.js'

/** What git says of one file, which need not be there. */
export interface FileInGit {
  isTracked: boolean
  isIgnored: boolean
  /** The `.gitignore` of the repository, and the line in it that would make git ignore the file. */
  gitignore: string
  line: string
}

export interface GitPorts {
  /** Without what git need not know. */
  env: NodeJS.ProcessEnv
  pathExists(path: string): boolean
}

/**
 * Undefined where there is no repository, or no git. Rejects where there is one and git does not answer: the file may be
 * tracked.
 */
export async function findInGit(path: string, {env, pathExists}: GitPorts): Promise<FileInGit | undefined> {
  let folder = dirname(path)
  while (!pathExists(folder) && dirname(folder) !== folder) folder = dirname(folder)
  const name = relative(folder, path)
  const ask = (...args: string[]): Promise<GitAnswer> => runGit(folder, args, env)

  const found = await ask('rev-parse', '--show-prefix', '--show-toplevel')
  if (found.isMissing || isNoRepository(found)) return undefined
  const [prefix = '', top = ''] = found.stdout.split(/\r?\n/)
  if (found.exitCode !== 0 || top === '') throw silent(path, found)
  const [tracked, ignored] = await Promise.all([
    ask('--literal-pathspecs', 'ls-files', '--error-unmatch', '--', name),
    ask('check-ignore', '--quiet', '--', `./${name}`),
  ])
  if (tracked.exitCode !== 0 && tracked.exitCode !== 1) throw silent(path, tracked)
  return {
    isTracked: tracked.exitCode === 0,
    isIgnored: ignored.exitCode === 0,
    gitignore: join(top, '.gitignore'),
    line: ignoreLine(`${prefix}${name.split(sep).join('/')}`),
  }
}

/** A line of `.gitignore` that means this path alone. */
export const ignoreLine = (path: string): string => `/${path.replaceAll(/[\\*?[]/g, '\\$&').replace(/ $/, '\\ ')}`

const isNoRepository = ({exitCode, stderr}: GitAnswer): boolean =>
  exitCode === 128 && /not a git repository|must be run in a work tree/.test(stderr)

const silent = (path: string, {exitCode, stderr}: GitAnswer): AuthError =>
  new AuthError(
    'STORAGE_ERROR',
    `git could not say whether it tracks ${basename(path)}: ${
      exitCode === null ? 'it did not answer in time' : cleanText(stderr.split('\n')[0]) || `it ended with ${exitCode}`
    }.`,
    ['Pass `--allow-tracked` if you know that it does not.'],
  )
