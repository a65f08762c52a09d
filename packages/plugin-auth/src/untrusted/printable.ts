import {withoutWholeKeys} from './without-whole-keys.js'

/** Sentences of ours with the words of others in them, as the path of a folder: no control characters but line breaks, no keys. */
export const printable = (text: string): string =>
  withoutWholeKeys(text.replaceAll(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu, ' '))
