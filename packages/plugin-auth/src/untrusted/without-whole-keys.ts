/** A key that was typed in place of a name is quoted as one. Names that are made of a key have stars in them. */
export const withoutWholeKeys = (text: string, prefixes: readonly string[] = LLAMA_CLOUD): string =>
  text.replaceAll(new RegExp(`(?:${prefixes.join('|')})[\\w-]{12,}`, 'g'), '[redacted]')

/** Whatever begins as a key does. */
export const withoutKeys = (text: string, prefixes: readonly string[] = LLAMA_CLOUD): string =>
  text.replaceAll(new RegExp(`(?:${prefixes.join('|')})\\S+`, 'g'), '[redacted]')

const LLAMA_CLOUD = ['llx-']
