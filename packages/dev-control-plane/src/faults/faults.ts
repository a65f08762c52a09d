import type {Fault} from './fault.js'
import type {FaultName} from './named-faults.js'

export interface FaultHandle {
  readonly id: string
  /** Requests it met so far. */
  readonly hits: number
  remove(): void
}

/** How a named fault is switched on. */
export interface TurnOn {
  /** How many requests it meets before it is off again. Default `Infinity`: until it is switched off. */
  times?: number
  /** Of those faults that take a number: milliseconds of `slow`, seconds of a `Retry-After`. */
  value?: number
}

/** Faults a test, a script or a person injects. The oldest one that matches a request takes it. */
export interface Faults {
  add(fault: Fault): FaultHandle
  /** Switches a named fault on, anew when it is on already. @throws Error for a number that cannot be */
  turnOn(name: FaultName, options?: TurnOn): FaultHandle
  turnOff(name: FaultName): void
  /** Ends all of them, named or not. */
  clear(): void
}
