import type {Fault, Faults} from './fault.js'

export interface FaultList extends Faults {
  /** The fault this request meets, counted as a hit. */
  take(method: string, path: string): Fault | undefined
}

export function createFaultList(): FaultList {
  const entries = new Set<{fault: Fault; hits: number}>()

  return {
    add(fault) {
      const entry = {fault, hits: 0}
      entries.add(entry)
      return {
        get hits() {
          return entry.hits
        },
        remove() {
          entries.delete(entry)
        },
      }
    },

    clear() {
      entries.clear()
    },

    take(method, path) {
      for (const entry of entries) {
        const {fault} = entry
        if (entry.hits >= (fault.times ?? 1) || !matches(fault, method, path)) continue
        entry.hits += 1
        return fault
      }
      return undefined
    },
  }
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false
  return typeof fault.path === 'string' ? fault.path === path : path.search(fault.path) !== -1
}
