import {once} from 'node:events'
import {ServerResponse, type IncomingMessage, type OutgoingHttpHeaders} from 'node:http'
import type {Socket} from 'node:net'
import {Writable} from 'node:stream'

/** A whole HTTP response that nobody has received yet. */
export interface CapturedResponse {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

/** Lets `answer` write to a response whose socket is memory. */
export async function captureResponse(
  request: IncomingMessage,
  answer: (response: ServerResponse) => Promise<void>,
): Promise<CapturedResponse> {
  const chunks: Buffer[] = []
  const memory = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  const response = new ServerResponse(request)
  // What follows the head is then the body itself, without chunk sizes between.
  response.useChunkedEncodingByDefault = false
  response.assignSocket(memory as Socket)
  await answer(response)
  if (!response.writableFinished) await once(response, 'finish')

  const bytes = Buffer.concat(chunks)
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  return {status: response.statusCode, headers: response.getHeaders(), body}
}
