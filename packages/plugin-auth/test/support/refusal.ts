import {expect} from 'chai'
import {type AuthError, type AuthErrorCode, isAuthError} from '../../src/errors.js'

/** The `AuthError` that a call rejects with; fails when it resolves, or rejects with anything else. */
export async function refusal(call: Promise<unknown>, code?: AuthErrorCode): Promise<AuthError> {
  let value
  try {
    value = await call
  } catch (error) {
    if (!isAuthError(error)) throw error
    if (code) expect(error.code, error.message).to.equal(code)
    return error
  }

  throw new Error(`Expected ${code ?? 'a refusal'}, but it resolved with ${JSON.stringify(value)}`)
}
