import {randomUUID} from 'node:crypto'

import type {Fault} from './fault.js'
import type {FaultHandle, Faults, TurnOn} from './faults.js'
import {findNamedFault, namedFaults, type FaultName, type NamedFault} from './named-faults.js'

/** A fault as it was added. */
export interface AddedFault {
  readonly id: string
  readonly fault: Fault
  readonly hits: number
}

/** A named fault and its switch. */
export interface FaultSwitch extends NamedFault {
  /** Whether it meets the next request that it matches. */
  readonly isOn: boolean
  /** Since it was last switched on. */
  readonly hits: number
  readonly times: number
  /** What it was last switched on with, else its default; absent where it takes no number. */
  readonly setTo?: number
}

export interface FaultList extends Faults {
  /** The fault this request meets, counted as a hit. */
  take(method: string, path: string): Fault | undefined
  switches(): FaultSwitch[]
  /** Those without a name, the oldest first. */
  added(): AddedFault[]
  remove(id: string): void
}

type Entry = {-readonly [K in keyof AddedFault]: AddedFault[K]}

export function createFaultList(): FaultList {
  const entries = new Set<Entry>()
  const switched = new Map<FaultName, {entry: Entry; value: number | undefined}>()

  function add(fault: Fault): {entry: Entry; handle: FaultHandle} {
    const entry = {id: randomUUID(), fault, hits: 0}
    entries.add(entry)
    const handle = {
      id: entry.id,
      get hits() {
        return entry.hits
      },
      remove() {
        entries.delete(entry)
      },
    }
    return {entry, handle}
  }

  function turnOff(name: FaultName): void {
    const known = switched.get(name)
    if (known) entries.delete(known.entry)
  }

  const isLeft = (entry: Entry): boolean => entry.hits < timesOf(entry)

  return {
    add: (fault) => add(fault).handle,

    turnOn(name, {times = Infinity, value: wanted}: TurnOn = {}) {
      const named = requireNamed(name)
      if (times !== Infinity) refuseUnlessWhole('times', times, {min: 1, max: Infinity})
      if (wanted !== undefined && !named.value) throw new Error(`${name} takes no value`)
      const value = wanted ?? named.value?.default
      if (named.value && value !== undefined) refuseUnlessWhole('value', value, named.value)
      turnOff(name)
      const {entry, handle} = add({...named.fault(value ?? 0), times})
      switched.set(name, {entry, value})
      return handle
    },

    turnOff,

    clear() {
      entries.clear()
    },

    remove(id) {
      for (const entry of entries) if (entry.id === id) entries.delete(entry)
    },

    switches: () =>
      namedFaults.map((one) => {
        const {entry, value = one.value?.default} = switched.get(one.name) ?? {}
        return {
          ...one,
          isOn: entry !== undefined && entries.has(entry) && isLeft(entry),
          hits: entry?.hits ?? 0,
          times: entry ? timesOf(entry) : Infinity,
          ...(value === undefined ? {} : {setTo: value}),
        }
      }),

    added() {
      const hasName = new Set([...switched.values()].map(({entry}) => entry))
      return [...entries].filter((entry) => !hasName.has(entry))
    },

    take(method, path) {
      for (const entry of entries) {
        const {fault} = entry
        if (!isLeft(entry) || !matches(fault, method, path)) continue
        entry.hits += 1
        return fault
      }
      return undefined
    },
  }
}

const timesOf = ({fault}: AddedFault): number => fault.times ?? 1

function requireNamed(name: string): NamedFault {
  const found = findNamedFault(name)
  if (!found) throw new Error(`There is no fault '${name}', only ${namedFaults.map((one) => one.name).join(', ')}`)
  return found
}

function refuseUnlessWhole(what: string, number: number, {min, max}: {min: number; max: number}): void {
  if (Number.isInteger(number) && number >= min && number <= max) return
  throw new Error(`${what} has to be a whole number from ${min}${max === Infinity ? '' : ` to ${max}`}`)
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false
  return typeof fault.path === 'string' ? fault.path === path : path.search(fault.path) !== -1
}
