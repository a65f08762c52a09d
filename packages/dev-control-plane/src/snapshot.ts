/** Remembers what the maps hold. What it returns puts that back, as often as it is called. */
export function snapshotOf(...maps: Map<string, unknown>[]): () => void {
  const kept = structuredClone(maps)
  return () => {
    const again = structuredClone(kept)
    for (const [index, map] of maps.entries()) {
      map.clear()
      for (const [key, value] of again[index] ?? []) map.set(key, value)
    }
  }
}
