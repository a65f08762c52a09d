const brand = Symbol('html')

/** Markup that is safe to send. Only this file makes it, so a plain string can never pass for it. */
export interface Html {
  readonly [brand]: true
  readonly markup: string
}

type Part = string | number | Html | readonly Html[] | undefined

/** A template whose interpolated values are escaped, unless they are `Html` themselves. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const markup = strings.map((text, index) => text + render(parts[index])).join('')
  return trusted(markup)
}

/** Text of ours that has to arrive unescaped: a style sheet, a script. Never anything from a request. */
export const trusted = (markup: string): Html => ({[brand]: true, markup})

function render(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  if ('markup' in part) return part.markup
  return part.map(({markup}) => markup).join('')
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
