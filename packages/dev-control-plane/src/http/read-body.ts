import type {IncomingMessage} from 'node:http'

const LIMIT = 64 * 1024

/** The body as text; `undefined` when it is larger than any honest one (64 KiB). */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= LIMIT) chunks.push(chunk)
  }
  return size > LIMIT ? undefined : Buffer.concat(chunks).toString('utf8')
}
