/** A property that is made when it is first asked for, and is an ordinary one from then on. */
export function late(target: object, key: string, make: () => unknown): void {
  const settle = (value: unknown): void => {
    Object.defineProperty(target, key, {configurable: true, enumerable: true, writable: true, value})
  }
  const get = (): unknown => {
    const value = make()
    settle(value)
    return value
  }
  Object.defineProperty(target, key, {configurable: true, enumerable: true, get, set: settle})
}

export const isLate = (target: object, key: string): boolean =>
  Object.getOwnPropertyDescriptor(target, key)?.get !== undefined
