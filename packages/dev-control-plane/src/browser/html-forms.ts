/** A form as a browser would submit it. */
export interface HtmlForm {
  action: string
  /** Inputs with their values. */
  fields: Record<string, string>
  /** Named buttons, which count only when pressed. */
  buttons: {name: string; value: string}[]
}

/** Reads the forms of a page written by a machine: quoted attributes, no nesting. */
export function parseForms(markup: string): HtmlForm[] {
  return [...markup.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, attributes = '', content = '']) => ({
    action: attributeOf(attributes, 'action') ?? '',
    fields: Object.fromEntries(controls(content, 'input').map(({name, value}) => [name, value])),
    buttons: controls(content, 'button'),
  }))
}

/** The text of the element that has the attribute. */
export function textOf(markup: string, attribute: string): string | undefined {
  const found = new RegExp(`<[^>]*\\s${attribute}[^>]*>([^<]*)<`).exec(markup)?.[1]
  return found === undefined ? undefined : unescapeHtml(found).trim()
}

/** What a person would read, on one line. */
export function readableText(markup: string): string {
  const main = /<main\b[\s\S]*<\/main>/i.exec(markup)?.[0] ?? markup
  return unescapeHtml(main.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
}

/** The value of an attribute, in the attributes of a tag or in a whole page. */
export function attributeOf(markup: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(markup)?.[1]
  return found === undefined ? undefined : unescapeHtml(found)
}

function controls(content: string, tag: 'input' | 'button'): {name: string; value: string}[] {
  return [...content.matchAll(new RegExp(`<${tag}\\b([^>]*)>`, 'gi'))].flatMap(([, attributes = '']) => {
    const name = attributeOf(attributes, 'name')
    return name === undefined ? [] : [{name, value: attributeOf(attributes, 'value') ?? ''}]
  })
}

const unescapeHtml = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
