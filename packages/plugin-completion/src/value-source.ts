import type {Hook, Hooks} from '@oclif/core/hooks'

/** A value and what is shown beside it, which may be empty. */
export type Value = readonly [value: string, description: string]

/** Where the values of one kind come from. */
export interface ValueSource {
  /**
   * Files and folders by full path: whenever one of them is newer than the index, or gone, the values are read anew. One's own
   * that exist, and that change with the values; a folder changes when a file in it is renamed, added or removed.
   */
  watch: readonly string[]
  /** Reads what is on the disk. No network, no keychain: a person has pressed TAB and waits. */
  read(): Promise<readonly Value[]>
}

/** Of the hook `completion:values`: the kinds that a plugin knows the values of. */
export type ValueSources = Record<string, ValueSource>

interface ValueHooks extends Hooks {
  'completion:values': {options: Record<never, never>; return: ValueSources}
}

/** The type of the function that a plugin registers for `completion:values`. */
export type CompletionValuesHook = Hook<'completion:values', ValueHooks>
