import {readdirSync, readFileSync} from 'node:fs'
import {performance} from 'node:perf_hooks'
import {setTimeout as sleep} from 'node:timers/promises'
import {expect} from 'chai'

export interface HelperProcess {
  pid: number
  arguments: string
  environment: string
}

/** The running keychain helpers whose environment holds `mark`: the home of one test, so that no other run interferes. */
export function helpersOf({HOME: mark}: NodeJS.ProcessEnv): HelperProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({pid: Number(name), arguments: read(name, 'cmdline'), environment: read(name, 'environ')}))
    .filter(
      (process) => process.arguments.includes('keychain/helper.js') && process.environment.includes(`HOME=${mark}\0`),
    )
}

/** Waits until a helper has started. */
export async function aHelperOf(env: NodeJS.ProcessEnv): Promise<HelperProcess> {
  for (let tries = 0; tries < 200; tries++) {
    const [helper] = helpersOf(env)
    if (helper) return helper
    await sleep(10)
  }

  throw new Error('No helper process started')
}

/** Holds for every call to the keychain: it ends in time, and so does its helper. */
export async function inTime<T>(deadline: number, env: NodeJS.ProcessEnv, call: () => Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    return await call()
  } finally {
    expect(performance.now() - start, 'wall time').to.be.below(deadline + 1000)
    await noHelperLeft(env)
  }
}

/** A killed process stands in the list until it is reaped, a moment later. */
export async function noHelperLeft(env: NodeJS.ProcessEnv, within = 300): Promise<void> {
  for (let waited = 0; waited < within && helpersOf(env).length > 0; waited += 10) await sleep(10)
  expect(helpersOf(env), 'helpers that are still running').to.be.empty
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
