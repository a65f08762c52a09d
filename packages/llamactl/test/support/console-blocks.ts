/** A command of a page, and what the page says it prints. */
export interface ShownCommand {
  command: string
  output: string
}

/** The commands in the blocks of a page that are fenced as `console`, in their order. */
export function readConsoleBlocks(markdown: string): ShownCommand[] {
  const blocks = markdown.matchAll(/^```console\n([^]*?)^```$/gm)
  return [...blocks].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((shown) => {
        const [, command = '', output = ''] = /^(.*\n(?:> .*\n)*)([^]*)$/.exec(shown) ?? []
        return {command: command.replaceAll(/^> /gm, '').trimEnd(), output: output.trimEnd()}
      }),
  )
}

/**
 * What a page shows, as a pattern: an id, a code, a time and the width of a column may be others, `…` is any text of one
 * line, and a line that is `…` any lines.
 */
export function patternOf(shown: string): RegExp {
  const source = shown
    .replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, String.raw`[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`)
    .replaceAll(/\b[A-Z]{4}-[A-Z]{4}\b/g, '[A-Z]{4}-[A-Z]{4}')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\\\.\d{3}Z/g, String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`)
    .replaceAll(/(?:linux|darwin|win32)-\w+ node-v[\d.\\]+/g, String.raw`\w+-\w+ node-v[\d.]+`)
    .replaceAll(/^…$/gm, '[^]*?')
    .replaceAll('…', '.*')
    .replaceAll(/ {2,}/g, ' +')
  return new RegExp(`^${source}$`)
}

export interface Mention {
  text: string
  words: string[]
  flags: string[]
}

/** The command lines of a CLI in the code of a page, but for those blocks that are run. */
export function readMentions(markdown: string, bin: string): Mention[] {
  const code = markdown.replaceAll(/^```console\n[^]*?^```$/gm, '').matchAll(/^```\w*\n([^]*?)^```$|`([^`\n]+)`/gm)
  const lines = [...code].flatMap(([, block, inline]) => (block ?? inline ?? '').split('\n'))
  return lines.flatMap((line) =>
    [...line.matchAll(new RegExp(`(?:^|[\\s(])${bin} ((?:auth|completion)\\b[^|;&)"#]*)`, 'g'))].map(
      ([, typed = '']) => {
        const [own = ''] = typed.split(/ -- | {2}/)
        const words = own.split(/\s+/).filter(Boolean)
        return {
          text: `${bin} ${own}`,
          words: words.filter((word) => /^[a-z]+$/.test(word)),
          flags: words.flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []),
        }
      },
    ),
  )
}
