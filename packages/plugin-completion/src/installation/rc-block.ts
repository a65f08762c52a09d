/**
 * One block of lines in a file that belongs to somebody else. Taking it out gives back every byte: what had to be added beside the
 * lines is written behind the end mark. `text` is bytes, one a character: whatever encoding the file has, it keeps it.
 */
export interface RcBlock {
  /** `undefined`: the file does not exist. */
  put(text: string | undefined): string
  /** `undefined`: the file was made for the block, and nothing else is in it. */
  takeOut(text: string): string | undefined
  /** Whether there is a beginning without an end: somebody edited it, and what belongs to it is not known. */
  isBroken(text: string): boolean
}

export function rcBlock(bin: string, lines: readonly string[] = []): RcBlock {
  const start = `# >>> ${bin} completion >>>`
  const end = `# <<< ${bin} completion <<<`
  const block = new RegExp(`^${literal(start)}\n(?:(?!${literal(start)}).*\n)*?${literal(end)}( .*)?(?:\n|$)`, 'm')

  const takeOut = (text: string): string | undefined => {
    const found = block.exec(text)
    if (!found) return text
    const [whole, added = ''] = found
    const before = text.slice(0, found.index)
    const after = text.slice(found.index + whole.length)
    if (added === FILE && before + after === '') return undefined
    return takeOut(added === NEWLINE && after === '' ? before.slice(0, -1) : before + after)
  }

  return {
    takeOut,

    put(text) {
      const rest = text === undefined ? undefined : takeOut(text)
      const added = rest === undefined ? FILE : rest === '' || rest.endsWith('\n') ? '' : NEWLINE
      return `${rest ?? ''}${added === NEWLINE ? '\n' : ''}${[start, ...lines, `${end}${added}`].join('\n')}\n`
    },

    isBroken: (text) => {
      const rest = takeOut(text) ?? ''
      return rest.split('\n').some((line) => line === start || line.startsWith(end))
    },
  }
}

const NEWLINE = ' (and the end of the line before)'
const FILE = ' (and the file)'

const literal = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')
