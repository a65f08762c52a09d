import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {CompletionError} from '../completion-error.js'
import {writeAtomically} from '../index-files/write-atomically.js'
import type {RcBlock} from './rc-block.js'

export type Action = 'create' | 'update' | 'keep' | 'remove'

/** One file and what becomes of it. Planned for all files before the first is touched. */
export interface Step {
  path: string
  action: Action
  /** Lines that are put into a file of the person. */
  lines?: string[]
  apply(): void
}

export function planScript({path, text}: {path: string; text: string}, mark: string): Step {
  const now = ownText(path, mark)
  const action = now === undefined ? 'create' : now === text ? 'keep' : 'update'
  return {
    path,
    action,
    apply() {
      if (action !== 'keep') make(path, text)
    },
  }
}

/** `undefined` where there is nothing of ours. */
export function planRemoval(path: string, mark: string): Step | undefined {
  if (!isFile(path) || !readFileSync(path, 'utf8').includes(mark)) return undefined
  return {path, action: 'remove', apply: () => rmSync(path, {force: true})}
}

export function planBlock(path: string, lines: string[], block: RcBlock): Step {
  requireFile(path)
  const text = existsSync(path) ? readFileSync(path, 'latin1') : undefined
  if (text !== undefined) requireWhole(path, text, block)
  const wanted = block.put(text)
  const action = text === undefined ? 'create' : wanted === text ? 'keep' : 'update'
  if (action !== 'keep') requireWritable(path, lines)
  return {path, action, lines, apply: () => replace(path, text, wanted)}
}

export function planBlockRemoval(path: string, block: RcBlock): Step | undefined {
  if (!isFile(path)) return undefined
  const text = readFileSync(path, 'latin1')
  requireWhole(path, text, block)
  const rest = block.takeOut(text)
  if (rest === text) return undefined
  requireWritable(path, [])
  return {path, action: rest === undefined ? 'remove' : 'update', apply: () => replace(path, text, rest)}
}

/** What is none may be a pipe, and reading it would never end. */
export const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

function requireFile(path: string): void {
  if (!existsSync(path) || isFile(path)) return
  throw new CompletionError('FOREIGN_FILE', `${path} is not a file.`, ['Move it away, then try again.'])
}

function ownText(path: string, mark: string): string | undefined {
  requireFile(path)
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  if (text.includes(mark)) return text
  throw new CompletionError('FOREIGN_FILE', `${path} was not written by this command.`, [
    'Move it away, then try again.',
  ])
}

function requireWhole(path: string, text: string, block: RcBlock): void {
  if (!block.isBroken(text)) return
  throw new CompletionError('FOREIGN_FILE', `${path} holds one end of our lines without the other.`, [
    'Take out what is left of them, then try again.',
  ])
}

function requireWritable(path: string, lines: string[]): void {
  const target = targetOf(path)
  let folder = dirname(target)
  while (!existsSync(folder)) folder = dirname(folder)
  const isReadOnly = existsSync(target) && (!(statSync(target).mode & 0o200) || !isWritable(target))
  if (isReadOnly || !isWritable(folder)) throw readOnly(path, lines)
}

function replace(path: string, text: string | undefined, wanted: string | undefined): void {
  if (wanted === text) return
  const content = Buffer.from(wanted ?? '', 'latin1')
  if (text === undefined) return make(path, content)
  const target = targetOf(path)
  const {mode, uid, gid} = statSync(target)
  if (wanted === undefined) return rmSync(target)
  writeAtomically(target, content, (temporary) => {
    chmodSync(temporary, mode & 0o7777)
    // With sudo, the file is another person's, and has to stay so.
    if (process.getuid?.() === 0) chownSync(temporary, uid, gid)
  })
}

function make(path: string, content: string | Uint8Array): void {
  const target = targetOf(path)
  mkdirSync(dirname(target), {recursive: true})
  writeAtomically(target, content, (temporary) => chmodSync(temporary, 0o644))
}

/** People keep these files in a repository, and link them. */
function targetOf(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const isLink = lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink()
  return isLink ? targetOf(resolve(dirname(path), readlinkSync(path))) : path
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const readOnly = (path: string, lines: string[]): CompletionError =>
  new CompletionError(
    'READ_ONLY_FILE',
    `${path} is read-only.`,
    lines.length > 0
      ? ['Put these lines where it is made from:', ...lines]
      : ['Take our lines out where it is made from.'],
  )
