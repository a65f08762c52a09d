import {inspect} from 'node:util'

/**
 * What opens a door: one line of text that prints as `[redacted]` wherever it is logged, serialised or inspected.
 * `reveal()` is the only way to the text, so that a search for it finds every place where a secret is used.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}

export const REDACTED = '[redacted]'
