import {isAuthError} from '../errors.js'

/** Undefined for what failed, whatever the reason; only cancelling goes on. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isAuthError(error) && error.code === 'CANCELLED') throw error
    return undefined
  }
}
