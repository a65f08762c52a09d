import {inspect} from 'node:util'

import {expect} from 'chai'

import type {AuthError, AuthErrorCode} from '../../../src/errors.js'
import type {PollEvent, Tokens} from '../../../src/oidc/index.js'
import {type HostileProvider, type Script, SECRETS, startHostileProvider} from './hostile-provider.js'

/** A clock that only moves when somebody waits, so that an hour of polling takes no time. */
export function createFakeTime(): {
  waits: number[]
  clock: () => number
  wait: (ms: number, signal?: AbortSignal) => Promise<void>
} {
  const waits: number[] = []
  let now = 0
  return {
    waits,
    clock: () => now,
    async wait(milliseconds, signal) {
      signal?.throwIfAborted()
      waits.push(milliseconds)
      now += milliseconds
    },
  }
}

export interface LoginOutcome {
  tokens?: Tokens
  error?: AuthError
  events: PollEvent[]
  /** Milliseconds waited before each poll. */
  waits: number[]
  provider: HostileProvider
}

/** Discovery, device authorization and polling against a provider that follows the script, in no time. */
export async function logIn(script: Script = {}, signal?: AbortSignal): Promise<LoginOutcome> {
  const provider = await startHostileProvider(script)
  const {waits, ...time} = createFakeTime()
  const events: PollEvent[] = []
  try {
    const client = await provider.connect({...(signal && {signal})})
    const authorization = await client.requestDeviceAuthorization({wait: time.wait})
    waits.length = 0
    const tokens = await client.pollDeviceToken(authorization, {...time, onEvent: (event) => events.push(event)})
    return {tokens, events, waits, provider}
  } catch (error) {
    return {error: error as AuthError, events, waits, provider}
  } finally {
    await provider.close()
  }
}

/** What a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<AuthError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error as AuthError,
  )
  expect(outcome, 'rejects').to.be.instanceOf(Error)
  return outcome!
}

/** The code, and that nothing which prints the error could print a secret or paint the terminal. */
export function expectError(error: AuthError | undefined, code: AuthErrorCode, message?: RegExp): void {
  expect(error, 'an error').to.be.instanceOf(Error)
  if (!error) return
  expect(error.code, error.stack).to.equal(code)
  if (message) expect(error.message).to.match(message)
  expect(error.cause, 'cause').to.equal(undefined)
  expect(error.message).not.to.match(UNFIT)
  const everything = [error.message, JSON.stringify(error), JSON.stringify(error, Object.getOwnPropertyNames(error))]
  for (const text of [...everything, inspect(error, {depth: 9, showHidden: true})]) {
    for (const secret of SECRETS) expect(text).not.to.include(secret)
    expect(text).not.to.include('\u001B')
  }
}

// eslint-disable-next-line no-control-regex
const UNFIT = /[\u0000-\u001F\u007F-\u009F\u202E]/
