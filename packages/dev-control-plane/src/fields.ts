/** Reads the fields of one object that came as JSON; every complaint names the field, as `users[1].email`. */
export interface Fields {
  text(name: string): string
  text<T>(name: string, fallback: T): string | T
  count(name: string, fallback: number): number
  /** A whole number, `undefined` when the field is absent; `none` is what `null` means. */
  number(name: string, range: {min: number; max: number; none?: number}): number | undefined
  /** False when the field is absent. */
  flag(name: string): boolean
  texts(name: string, fallback: string[]): string[]
  /** An object of strings. */
  record(name: string): Record<string, string> | undefined
  anything(name: string): unknown
  /** The objects of an array, or `undefined` when the field is absent. */
  objects(name: string): Fields[] | undefined
  /** Ends the reading: what the field says cannot be. */
  refuse(name: string, complaint: string): never
  /** Refuses fields nobody asked for: a misspelt one would else be ignored without a word. */
  end(): void
}

/** `thing` is what the whole is called in a complaint. */
export function fieldsOf(value: unknown, path: string, thing = 'seed'): Fields {
  if (!isObject(value)) throw new Error(`${path === '' ? `the ${thing}` : path} is not an object`)
  const asked = new Set<string>()
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)

  function read(name: string): unknown {
    asked.add(name)
    return Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined
  }

  function refuse(name: string, complaint: string): never {
    throw new Error(`${at(name)} ${complaint}`)
  }

  return {
    refuse,

    text<T>(name: string, ...fallback: [T?]): string | T {
      const found = read(name)
      if (found === undefined && fallback.length > 0) return fallback[0] as T
      if (found === null && fallback[0] === null) return fallback[0]
      if (found === undefined) refuse(name, 'is missing')
      if (typeof found !== 'string') refuse(name, 'is not a string')
      if (found === '') refuse(name, 'is empty')
      return found
    },

    count(name, fallback) {
      const found = read(name) ?? fallback
      if (!Number.isSafeInteger(found) || (found as number) < 0) refuse(name, 'is not a whole number')
      return found as number
    },

    number(name, {min, max, none}) {
      const found = read(name)
      if (found === undefined || (found === null && none !== undefined)) return found === null ? none : undefined
      if (!Number.isSafeInteger(found) || (found as number) < min || (found as number) > max) {
        refuse(name, `is not a whole number from ${min} to ${max}`)
      }

      return found as number
    },

    flag(name) {
      const found = read(name) ?? false
      if (typeof found !== 'boolean') refuse(name, 'is not true or false')
      return found
    },

    record(name) {
      const found = read(name)
      if (found === undefined) return
      if (!isObject(found)) refuse(name, 'is not an object')
      for (const [key, text] of Object.entries(found)) {
        if (typeof text !== 'string') refuse(`${name}.${key}`, 'is not a string')
      }

      return found as Record<string, string>
    },

    anything: read,

    texts(name, fallback) {
      const found = read(name) ?? fallback
      if (!Array.isArray(found)) refuse(name, 'is not an array')
      found.forEach((text, index) => {
        if (typeof text !== 'string') refuse(`${name}[${index}]`, 'is not a string')
      })
      return found as string[]
    },

    objects(name) {
      const found = read(name)
      if (found === undefined) return
      if (!Array.isArray(found)) refuse(name, 'is not an array')
      return found.map((item, index) => fieldsOf(item, `${at(name)}[${index}]`, thing))
    },

    end() {
      const stray = Object.keys(value).find((name) => !asked.has(name))
      if (stray !== undefined) refuse(stray, `is not a field of a ${thing}`)
    },
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
