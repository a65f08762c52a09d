import {type AuthError, isAuthError} from '../errors.js'

/** What there is of all that. A damaged file does not hide the others: `onDamaged` hears of it, and it is left out. */
export async function readEach<T>(
  names: string[],
  read: (name: string) => T | undefined | Promise<T | undefined>,
  onDamaged: (error: AuthError) => void,
): Promise<T[]> {
  const found: T[] = []
  for (const name of names) {
    try {
      const document = await read(name)
      if (document !== undefined) found.push(document)
    } catch (error) {
      if (!isAuthError(error)) throw error
      onDamaged(error)
    }
  }

  return found
}
