import {writeSync} from 'node:fs'
import {text} from 'node:stream/consumers'
import {Worker} from 'node:worker_threads'
import type {EngineName, KeychainEngine} from './keychain-engine.js'
import {loadEngine} from './load-engine.js'
import type {HelperReply, HelperRequest} from './helper-protocol.js'

/*
 * A process of its own for one call to the keychain. A native call can block for ever: a JavaScript timer does not end
 * it, `process.exit()` and `worker.terminate()` wait for it, and some calls block the main thread itself. Only killing a
 * process helps, and this is the one that may be killed.
 */

// Ctrl-C in a terminal reaches this process as well; it is the parent's to decide, and it says why the call ended.
process.on('SIGINT', () => {})

const request = JSON.parse(await text(process.stdin)) as HelperRequest

// Before the first native call: when that blocks the main thread and the parent is gone, only another thread is awake.
new Worker(
  `const {workerData: {parent, limit}} = require('node:worker_threads')
  const isOrphan = () => {
    if (process.platform !== 'win32') return process.ppid !== parent
    try { return !process.kill(parent, 0) } catch { return true }
  }
  const end = () => process.kill(process.pid, 'SIGKILL')
  setTimeout(end, limit)
  setInterval(() => isOrphan() && end(), 200)`,
  {eval: true, workerData: {parent: request.parent, limit: request.limit}, env: {}, stdin: false},
)

reply(await answer(request))

async function answer({operation, engines, service, account, secret = ''}: HelperRequest): Promise<HelperReply> {
  const loaded = await loadFirst(engines)
  if ('kind' in loaded) return loaded
  const {name, engine} = loaded
  const done = (value: string | boolean | null): HelperReply => ({kind: 'done', engine: name, value})

  try {
    switch (operation) {
      case 'get':
        return done(await engine.get(service, account))
      case 'delete':
        return done(await engine.delete(service, account))
      case 'set':
        return (await setAndRead(engine, service, account, secret)) ? done(null) : unequal(name)
      case 'check':
        return (await roundTrip(engine, service, account, secret)) ? done(null) : unequal(name)
      case 'greet': {
        const {openSession} = await import('./keyring-engine.js')
        await openSession(service)
        return done(null)
      }
    }
  } catch (error) {
    return {kind: 'failed', stage: 'call', engine: name, text: textOf(error, secret)}
  }
}

async function loadFirst(
  engines: readonly EngineName[],
): Promise<{name: EngineName; engine: KeychainEngine} | HelperReply> {
  let failure: HelperReply = {kind: 'failed', stage: 'load', engine: engines[0] ?? 'keytar', text: 'no engine'}
  for (const name of engines) {
    try {
      return {name, engine: await loadEngine(name)}
    } catch (error) {
      failure = {kind: 'failed', stage: 'load', engine: name, text: textOf(error)}
    }
  }

  return failure
}

/** Whether what is read equals what was written. An entry that cannot be read is of no use to anybody, and removed. */
async function setAndRead(engine: KeychainEngine, service: string, account: string, secret: string): Promise<boolean> {
  await engine.set(service, account, secret)
  let isKept = false
  try {
    isKept = (await engine.get(service, account)) === secret
    return isKept
  } finally {
    if (!isKept) await engine.delete(service, account).catch(() => false)
  }
}

/** As `setAndRead`; the entry is removed in any case, and has to be removable. */
async function roundTrip(engine: KeychainEngine, service: string, account: string, secret: string): Promise<boolean> {
  await engine.set(service, account, secret)
  try {
    return (await engine.get(service, account)) === secret
  } finally {
    await engine.delete(service, account)
  }
}

function unequal(engine: EngineName): HelperReply {
  return {kind: 'failed', stage: 'verify', engine, text: ''}
}

function textOf(error: unknown, secret = ''): string {
  const message = error instanceof Error ? error.message : String(error)
  return secret ? message.replaceAll(secret, '[redacted]') : message
}

/**
 * On a descriptor of its own: native code may write to standard output. Then the process ends without the usual exit,
 * which would wait for threads that a library left behind.
 */
function reply(message: HelperReply): void {
  writeSync(3, `${JSON.stringify(message)}\n`)
  process.kill(process.pid, 'SIGKILL')
}
