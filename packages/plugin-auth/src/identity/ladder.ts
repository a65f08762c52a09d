/** One value of an identity, and what named it. */
export interface Sourced<T> {
  value: T
  source: Source
  /** As a person knows it: `--profile`, `LLAMACTL_PROFILE`, the path of a folder; empty where the source says it all. */
  from: string
}

export type Source = 'flag' | 'variable' | 'binding' | 'current' | 'profile' | 'default'

/** Everything that may name a value, in the order in which it wins. A rung that names nothing resolves to undefined. */
export type Ladder<S> = (() => Promise<S | undefined>)[]

/** What wins. The rungs below are not asked. */
export async function firstOf<S>(ladder: Ladder<S>): Promise<S | undefined> {
  for (const rung of ladder) {
    const found = await rung()
    if (found) return found
  }

  return undefined
}

/** What wins, and behind it what it shadows. What a rung below the first rejects with goes to `orWarn`. */
export async function allOf<S>(
  ladder: Ladder<S>,
  orWarn: (work: Promise<S | undefined>) => Promise<S | undefined>,
): Promise<S[]> {
  const found: S[] = []
  for (const rung of ladder) {
    const next = await (found.length === 0 ? rung() : orWarn(rung()))
    if (next) found.push(next)
  }

  return found
}
