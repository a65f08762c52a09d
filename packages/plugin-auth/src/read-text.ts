import {addAbortSignal, type Readable} from 'node:stream'
import {AuthError} from './errors.js'

const INPUT_LIMIT = 64 * 1024

/** Stops at a signal, and before what is no key fills the memory: somebody may pipe a device or a log into it. */
export async function readText(stream: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of addAbortSignal(signal, stream)) {
      size += (chunk as Buffer).length
      if (size > INPUT_LIMIT) throw new AuthError('USAGE', 'There is more on standard input than one API key.')
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }

  return Buffer.concat(chunks).toString('utf8')
}
