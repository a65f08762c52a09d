import {type ChildProcess, spawn} from 'node:child_process'
import type {Readable} from 'node:stream'
import {fileURLToPath} from 'node:url'
import {helperEnvironment} from './helper-environment.js'
import {type HelperReply, type HelperRequest, parseReply} from './helper-protocol.js'

export interface HelperRun {
  /** Resolves with the reply, or with `crashed` when the process ends without one. Never rejects. */
  ended: Promise<HelperReply | {kind: 'crashed'}>
  /** Ends the process, whatever it is doing. */
  kill(): void
}

/** Starts the helper process with one request, which reaches it on standard input: arguments are visible to everybody. */
export function runHelper(request: HelperRequest, env: NodeJS.ProcessEnv, helper = HELPER): HelperRun {
  let child: ChildProcess
  try {
    child = spawn(process.execPath, ['--no-warnings', helper], {
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      env: helperEnvironment(env),
      windowsHide: true,
    })
  } catch (error) {
    return {ended: Promise.resolve(notStarted(request, error)), kill() {}}
  }

  // Without a descriptor left there are no pipes either; the `error` event follows.
  const stdio = (child.stdio as ChildProcess['stdio'] | undefined) ?? []
  const replies = stdio[3] as Readable | null | undefined
  const kill = () => void child.kill('SIGKILL')

  const ended = new Promise<HelperReply | {kind: 'crashed'}>((resolve) => {
    let text = ''
    const end = () => resolve(parseReply(text) ?? {kind: 'crashed'})
    replies?.setEncoding('utf8')
    replies?.on('data', (chunk: string) => {
      text += chunk
      // Not the end of the stream: a bus that a library started would keep the descriptor open.
      if (text.includes('\n') || text.length > REPLY_LIMIT) end()
    })
    // The reply may still be on its way through the pipe when the process has ended.
    child.on('exit', () => setTimeout(end, 200).unref())
    child.on('close', end)
    child.on('error', end)
  })

  // The helper may be gone before it has read the request.
  stdio[0]?.on('error', () => {})
  child.stdin?.end(JSON.stringify(request))

  return {
    ended: ended.finally(() => {
      kill()
      replies?.destroy()
      child.unref()
    }),
    kill,
  }
}

/** Node's permission model forbids it, or no memory or no process is left. */
function notStarted({engines: [engine = 'keytar']}: HelperRequest, error: unknown): HelperReply | {kind: 'crashed'} {
  const isForbidden = error instanceof Error && 'code' in error && error.code === NOT_PERMITTED
  return isForbidden ? {kind: 'failed', stage: 'call', engine, text: NOT_PERMITTED} : {kind: 'crashed'}
}

const NOT_PERMITTED = 'ERR_ACCESS_DENIED'

const REPLY_LIMIT = 1024 * 1024

/** From `src` (tests, through tsx) it is the compiled one that runs: a helper has to start in 40 ms. */
const HELPER = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../dist/credentials/keychain/helper.js' : 'helper.js',
    import.meta.url,
  ),
)
