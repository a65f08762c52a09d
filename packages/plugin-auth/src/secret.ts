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

  /** The text itself. Look at where it goes from here. */
  reveal(): string {
    return this.#text
  }

  /** Whether the texts are the same. */
  equals(other: Secret): boolean {
    return this.#text === other.#text
  }

  /** Redacted. */
  toString(): string {
    return REDACTED
  }

  /** Redacted. */
  toJSON(): string {
    return REDACTED
  }

  /** Redacted. */
  [inspect.custom](): string {
    return REDACTED
  }
}

export const REDACTED = '[redacted]'
