import {type EnvEntry, parseEnvFile} from './parse-env-file.js'

/** Null: the file is to have no such line. */
export type EnvChanges = Readonly<Record<string, string | null>>

export interface EditedEnvFile {
  text: string
  /** The names that are in it now, of those that were to be. */
  written: string[]
  /** The names that were in it, and are not any more. */
  removed: string[]
}

/**
 * Sets and removes variables, as python-dotenv's `set_key` and `unset_key` do: a line that is there is replaced, each of
 * several; others are added at the end. All other lines stay byte for byte. Undefined where the lines would then be read
 * otherwise: a quote that was never closed ends at one of ours.
 */
export function editEnvFile(text: string, changes: EnvChanges): EditedEnvFile | undefined {
  const entries = parseEnvFile(text)
  const isThere = (name: string): boolean => entries.some((entry) => entry.name === name)
  const names = Object.keys(changes)
  const written = names.filter((name) => changes[name] !== null)
  const kept = entries.map((entry) => changed(entry, changes)).join('')
  const added = written.filter((name) => !isThere(name))
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n'
  const gap = kept === '' || added.length === 0 || /[\r\n]$/.test(kept) ? '' : newline
  const edited = kept + gap + added.map((name) => `${lineOf(name, changes[name] ?? '')}${newline}`).join('')
  if (!isReadAs(edited, entries, changes)) return undefined
  return {
    text: edited,
    written,
    removed: names.filter((name) => changes[name] === null && isThere(name)),
  }
}

/** The names of `names` that have a line. */
export const namesIn = (text: string, names: readonly string[]): string[] => {
  const there = new Set(parseEnvFile(text).map(({name}) => name))
  return names.filter((name) => there.has(name))
}

/** Of a name that is there twice, the later value. */
export const valuesIn = (text: string): Map<string | undefined, string | null | undefined> =>
  new Map(parseEnvFile(text).map(({name, value}) => [name, value]))

/** What no quoting makes python-dotenv read as it is: it takes `${` for another variable, and `\'` for no end. */
export const isFitForEnvFile = (value: string): boolean =>
  /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u.test(value) && !/\$\{|\\$/.test(value)

function isReadAs(edited: string, before: EnvEntry[], changes: EnvChanges): boolean {
  const isOurs = ({name}: EnvEntry): boolean => name !== undefined && Object.hasOwn(changes, name)
  const others = (entries: EnvEntry[]): string =>
    JSON.stringify(
      entries.flatMap((entry) =>
        isOurs(entry) || entry.name === undefined ? [] : [[entry.name, entry.value ?? null]],
      ),
    )
  const after = parseEnvFile(edited)
  const valuesOf = (name: string) => after.flatMap((entry) => (entry.name === name ? [entry.value ?? null] : []))
  const isAsWanted = ([name, value]: [string, string | null]): boolean =>
    valuesOf(name).every((read) => read === value) && valuesOf(name).length > 0 === (value !== null)
  return others(after) === others(before) && Object.entries(changes).every(isAsWanted)
}

function changed({name, text}: EnvEntry, changes: EnvChanges): string {
  const value = name === undefined || !Object.hasOwn(changes, name) ? undefined : changes[name]
  if (name === undefined || value === undefined) return text
  // Blank lines before it are lines of their own; `set_key` drops them.
  const [blank = ''] = /^\s*(?:\r\n|\n|\r)|/.exec(text) ?? []
  const [end = ''] = /(?:\r\n|\n|\r)?$/.exec(text.slice(blank.length)) ?? []
  return value === null ? blank : `${blank}${lineOf(name, value)}${end}`
}

const lineOf = (name: string, value: string): string => `${name}='${value.replaceAll(/[\\']/g, '\\$&')}'`
