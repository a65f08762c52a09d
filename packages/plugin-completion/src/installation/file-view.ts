import type {Action, Step} from './step.js'

/** A file under `--json`. */
export interface FileView {
  path: string
  action: Action
  /** Lines that are put into a file of yours. */
  lines?: string[]
}

export const viewFile = ({path, action, lines}: Step): FileView => ({path, action, ...(lines && {lines})})

const DONE: Record<Action, string> = {create: 'Created', update: 'Changed', keep: 'Kept as it is:', remove: 'Removed'}
const PLANNED: Record<Action, string> = {
  create: 'Would create',
  update: 'Would change',
  keep: 'Would keep as it is:',
  remove: 'Would remove',
}

export const fileText = ({path, action, lines = []}: Step, {isPlan}: {isPlan: boolean}): string =>
  [
    `${(isPlan ? PLANNED : DONE)[action]} ${path}`,
    ...(action === 'keep' ? [] : lines.map((line) => `    ${line}`)),
  ].join('\n')
